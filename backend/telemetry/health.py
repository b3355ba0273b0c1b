"""Whether this process lives, and whether it can do its work."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so; `message` says what to do where it is not."""

    ok: bool
    message: str = ""


@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Answer that the process lives. The edge answers this before Django where it can."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when requests can be served, 503 when not, with the checks one by one."""
    checks = run_checks()
    ready = all(check.ok for check in checks.values())
    body = {
        "status": "ready" if ready else "not ready",
        "checks": {name: _json(check) for name, check in checks.items()},
    }
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def run_checks() -> dict[str, Check]:
    """Look at the database, its schema and the built front end."""
    return {**_database_checks(), "front_end": _front_end()}


def _database_checks() -> dict[str, Check]:
    try:
        missing = _missing_migrations()
    except (DatabaseError, InterfaceError):
        unknown = Check(ok=False, message="not known without the database")
        return {"database": Check(ok=False, message="it cannot be reached"), "migrations": unknown}
    names = ", ".join(f"{app}.{name}" for app, name in sorted(missing)[:5])
    schema = Check(ok=not missing, message=f"run manage.py prepare; missing: {names}" if missing else "")
    return {"database": Check(ok=True), "migrations": schema}


def _missing_migrations() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [MigrationRecorder.Migration._meta.db_table])
        if cursor.fetchone() == (None,):
            return set(_wanted_migrations())
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(_wanted_migrations()).difference(cursor.fetchall())


@cache
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    # Reading all migration files takes a tenth of a second; they do not change under a running process.
    return frozenset(MigrationLoader(None).disk_migrations)


def _front_end() -> Check:
    built = (settings.FRONTEND_DIST / "index.html").is_file()
    return Check(ok=built, message="" if built else "it is not built: run npm run build in frontend/")


def _json(check: Check) -> dict[str, bool | str]:
    return {"ok": True} if check.ok else {"ok": False, "message": check.message}
