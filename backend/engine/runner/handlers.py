"""What each request does. Everything here answers at once; what takes time goes on in the jobs."""

import logging
import os
from collections.abc import Callable

from engine.runner import limits
from engine.runner.clock import boot_id, boottime
from engine.runner.limits import Cgroups
from engine.runner.protocol import (
    STOP_REASONS,
    VERSION,
    BadRequestError,
    Fields,
    Hello,
    RequestError,
    Spec,
    of_another_version,
)
from engine.runner.registry import AttemptRegistry

Reply = dict[str, object]

log = logging.getLogger(__name__)


class RequestHandlers:
    """Answers by the name in `do`. Raises RequestError for everything that it refuses."""

    def __init__(self, attempts: AttemptRegistry, cgroups: Cgroups | None) -> None:
        self._attempts = attempts
        self._cgroups = cgroups
        self.stopping = False
        self._mismatch = ""
        self._answers: dict[str, Callable[[Fields], Reply]] = {
            "hello": self._hello,
            "start": self._start,
            "extend": self._extend,
            "stop": self._stop,
            "list": self._list,
            "forget": self._forget,
        }

    def answer(self, fields: Fields) -> Reply:
        do = fields.text("do")
        if do not in self._answers:
            raise BadRequestError(f"“{do[:40]}” is none of {', '.join(self._answers)}.")
        return self._answers[do](fields)

    def _hello(self, fields: Fields) -> Reply:
        agent = fields.text("agent")
        version = fields.optional_integer("protocol")
        self._mismatch = of_another_version(1 if version is None else version, VERSION)
        if self._mismatch:
            log.warning("%s (The agent is %s.)", self._mismatch, agent)
        cpus, memory_mb = limits.capacity()
        hello: Hello = {
            "protocol": VERSION,
            "boot_id": boot_id(),
            "now": boottime(),
            "pid": os.getpid(),
            "kill_by": "cgroup" if self._cgroups else "environment mark",
            "limits": self._cgroups.limits if self._cgroups else limits.NO_LIMITS,
            "cpus": cpus,
            "memory_mb": memory_mb,
        }
        return {**hello}

    def _start(self, fields: Fields) -> Reply:
        spec = Spec.read(fields.object("spec"))
        if self.stopping:
            raise RequestError("stopping", "The runner is being stopped and starts nothing more.")
        if self._mismatch:
            # A code that every version takes as the place's fault and not the job's.
            raise RequestError("stopping", self._mismatch)
        self._attempts.start(spec)
        return {}

    def _extend(self, fields: Fields) -> Reply:
        leases = [
            (lease.integer("attempt_id"), lease.text("lease"), lease.number("deadline"))
            for lease in fields.objects("leases")
        ]
        return {"unknown": [lease[0] for lease in leases if not self._attempts.extend(*lease)]}

    def _stop(self, fields: Fields) -> Reply:
        attempt_id, lease, reason = fields.integer("attempt_id"), fields.text("lease"), fields.text("reason")
        if reason not in STOP_REASONS:
            raise BadRequestError(f"reason must be one of {', '.join(STOP_REASONS)}.")
        self._attempts.stop(attempt_id, lease, reason, fields.number("grace"))
        return {}

    def _list(self, _: Fields) -> Reply:
        return {"attempts": self._attempts.records()}

    def _forget(self, fields: Fields) -> Reply:
        self._attempts.forget(fields.integer("attempt_id"), fields.text("lease"))
        return {}
