"""Whether this process lives, and whether all of Jobdeck can do its work."""

import threading
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.owner import token_file_works
from jobs.queries.workers import fleet
from jobs.replicas import ReplicaState, replicas

_worker_seen = threading.Event()


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
    """Answer 200 when people can sign in, submit and have a job run, else 503; with the checks one by one.

    Replicas and Redis only save work: without them all is read from the primary, or made anew.
    """
    checks = run_checks()
    ready = all(check.ok for check in checks.values())
    body: dict[str, object] = {
        "status": "ready" if ready else "not ready",
        "checks": {name: _json(check) for name, check in checks.items()},
    }
    if told := [_replica(state) for state in replicas().states()]:
        body["replicas"] = told
    if settings.ENV.redis_url:
        body["redis"] = _redis()
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def run_checks() -> dict[str, Check]:
    """Look at the database, what has to be in it, and the built front end."""
    return {**_database_checks(), "front_end": _front_end()}


def _database_checks() -> dict[str, Check]:
    checks = {name: Check(ok=False, message="not known yet") for name in ("migrations", "sign_in", "worker")}
    try:
        missing = _missing_migrations()
        checks["database"] = Check(ok=True)
        checks["migrations"] = _migrations(missing)
        if not missing:
            checks["sign_in"] = _sign_in()
            checks["worker"] = _worker()
    except (DatabaseError, InterfaceError):
        checks["database"] = Check(ok=False, message="it cannot be reached")
    return checks


def _migrations(missing: set[tuple[str, str]]) -> Check:
    names = ", ".join(f"{app}.{name}" for app, name in sorted(missing)[:5])
    return Check(ok=not missing, message=f"run manage.py prepare; missing: {names}" if missing else "")


def _sign_in() -> Check:
    works = token_file_works(settings.ENV.home.token)
    missing = "the owner's token file is missing, or not known to the database: run manage.py setup"
    return Check(ok=works, message="" if works else missing)


def _worker() -> Check:
    """Whether a worker has been there to take a job since this process started.

    When workers are lost later, the pages that say so must stay reachable behind whatever asks this.
    """
    if not _worker_seen.is_set() and any(worker.state == "active" for worker in fleet().workers):
        _worker_seen.set()
    seen = _worker_seen.is_set()
    return Check(ok=seen, message="" if seen else "no worker has reported yet: run manage.py worker")


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


def _redis() -> dict[str, object]:
    trouble: str = getattr(shared_cache, "trouble", "")
    return {"usable": not trouble, **({"message": trouble} if trouble else {})}


def _replica(state: ReplicaState) -> dict[str, object]:
    told = {"name": state.name, "usable": state.usable, "age_seconds": state.age}
    return {**told, "message": state.trouble} if state.trouble else told
