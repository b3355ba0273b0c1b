"""A job in every state that is answered differently, each made by the moves that lead there."""

from datetime import timedelta

from django.utils import timezone

from ..models import Job
from ..states import Reason
from . import factories
from .factories import Maker


def _scheduled() -> Job:
    return factories.pending(scheduled_at=timezone.now() + timedelta(hours=1))


def _too_large() -> Job:
    factories.worker(name="small")
    return factories.pending(resource_requirements={"cpus": 64, "memory_mb": 100})


def _progressing() -> Job:
    job = factories.running(tags=["a", "b"], timeout=60)
    factories.progress(job, 10, "a tenth", note=True)
    factories.progress(job, 12, "a little more", note=False)
    return factories.again(job)


def _with_result() -> Job:
    return factories.completed(result_data={"loss": 0.5, "files": ["a", None]}, description="A sum")


def _with_a_large_result() -> Job:
    return factories.completed(result_data=[number * 7919 % 10007 for number in range(20_000)])


def _signalled() -> Job:
    return factories.failed(reason=Reason.SIGNAL, exit_code=None, signal=11)


STATES: dict[str, Maker] = {
    "tracked": factories.tracked,
    "pending": factories.pending,
    "scheduled": _scheduled,
    "too large": _too_large,
    "dispatched": factories.dispatched,
    "backing off": factories.backing_off,
    "claimed": factories.claimed,
    "running": factories.running,
    "progressing": _progressing,
    "completed": factories.completed,
    "with a result": _with_result,
    "with a large result": _with_a_large_result,
    "failed": factories.failed,
    "signalled": _signalled,
    "cancelled": factories.cancelled,
}
