"""Django's settings. What a person may set is read in `config.env`; everything else is decided here."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.functional import SimpleLazyObject

from config.caches import django_caches
from config.databases import django_databases
from config.env import load_env
from config.process import current_process
from config.secret_key import read_or_make_secret
from config.version import VERSION
from telemetry.logging import configure_structlog, logging_config
from web.hosts import served_hosts, served_origins

ENV = load_env()
PROCESS = current_process()
BACKEND = Path(__file__).resolve().parent.parent
FRONTEND_DIST = BACKEND.parent / "frontend" / "dist"

DEBUG = False
# Lazy, so that only what signs something needs a home on disk (a type check does not).
SECRET_KEY = SimpleLazyObject(lambda: read_or_make_secret(ENV.home))
PREFIX = ENV.prefix
AUTH_ON = ENV.auth

# --- what is served, and to whom -----------------------------------------------------------------

# Host and Origin are checked with their port by web.host_origin, before Django's own laxer check.
SERVED_ORIGINS = served_origins(ENV.host, ENV.port, ENV.allowed_hosts)
SERVED_HOSTS = served_hosts(SERVED_ORIGINS)
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = sorted(SERVED_ORIGINS)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORCE_SCRIPT_NAME = PREFIX or None
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "accounts",
    "api",
    "jobs",
    "engine",
    "live",
    "telemetry",
]

MIDDLEWARE = [
    "telemetry.requests.RequestLogMiddleware",
    "web.host_origin.HostOriginMiddleware",
    "web.circuit_breaker.CircuitBreakerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "web.csp.PolicyMiddleware",
    "web.static.StaticMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "api.replicas.ReplicaMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- logs ----------------------------------------------------------------------------------------

LOGGING = logging_config(ENV.log_format, PROCESS.name)
configure_structlog()

# --- the database --------------------------------------------------------------------------------

DATABASES = django_databases(ENV.database_url, ENV.replica_urls, PROCESS)
DATABASE_ROUTERS = ["jobs.reading.ReplicaRouter"] if len(DATABASES) > 1 else []
REPLICA_MAX_LAG = ENV.replica_max_lag
WROTE_COOKIE_NAME = f"jobdeck_wrote_{ENV.port}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# --- what may be lost: tries to sign in, answers that are dear to make ------------------------------

CACHES = django_caches(ENV.redis_url, VERSION)

# --- how long jobs are kept, where their queue has no times of its own -----------------------------

KEEP_DAYS = {
    "archive_after_days": ENV.archive_after_days,
    "delete_logs_after_days": ENV.delete_logs_after_days,
    "delete_after_days": ENV.delete_after_days,
}

# --- accounts ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sessions.SessionBackend"]
SESSION_ENGINE = "accounts.sessions"
# Cookies ignore ports: two Jobdecks on one host would sign each other out.
SESSION_COOKIE_NAME = f"jobdeck_session_{ENV.port}"
SESSION_COOKIE_PATH = f"{PREFIX}/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "api.problems.csrf_failure"

# --- bodies, headers -----------------------------------------------------------------------------

MAX_BODY_BYTES = 1024 * 1024
MAX_BULK_BYTES = 8 * 1024 * 1024  # of a request that submits many jobs
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# HSTS, redirects, Secure cookies: the same process serves loopback without TLS and a proxy's name with it, so
# web.host_origin decides by the name, and the proxy redirects.
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- the API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.BrowserAuthentication",
        "accounts.authentication.OpenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.SignedIn"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.StrictJSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"signin": "10/min"},
    "EXCEPTION_HANDLER": "api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,
    # Throttles go by the address that connected: X-Forwarded-For is what anyone likes to write.
    "NUM_PROXIES": 0,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Jobdeck",
    "DESCRIPTION": "Submit, watch and control computational jobs.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["accounts.permissions.SignedIn"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "SCHEMA_PATH_PREFIX": r"/api",
    # Instead of its own hook for enums: ours are named in one place, with what else is shared.
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enum_id_removal",
        "api.openapi.describe_what_is_shared",
        "live.openapi.describe_live_frames",
    ],
}
