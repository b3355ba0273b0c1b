"""What a job asks of a machine."""

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema_serializer
from rest_framework.serializers import ValidationError

from jobs import limits
from jobs.queries import Fleet
from jobs.queries.workers import WorkerFacts

from .fields import NumberField, StrictSerializer, WholeField, hinted


@extend_schema_serializer(component_name="ResourceRequirements")
class ResourceSerializer(StrictSerializer):
    """What the job needs at once. Left out: one core, and no memory set aside."""

    cpus = NumberField(limits.CPUS, required=False)
    memory_mb = WholeField(limits.MEMORY_MB, required=False)
    gpus = WholeField(limits.GPUS, required=False)
    disk_mb = WholeField(limits.DISK_MB, required=False)


def require_fitting(wanted: Mapping[str, float], fleet: Fleet) -> None:
    """Refuse what no worker could ever give, and say what would fit; with no worker known refuse nothing."""
    needed = {name: amount for name, amount in wanted.items() if amount and _is_told(name, fleet)}
    if not needed or not fleet.workers or any(worker.fits(needed) for worker in fleet.workers):
        return
    best = max(fleet.workers, key=lambda worker: sum(worker.fits({name: needed[name]}) for name in needed))
    wrong = {
        name: [
            hinted(
                f"No worker has {amount:g} {name} besides what else is asked for.", _would_fit(best, needed)
            )
        ]
        for name, amount in needed.items()
        if not best.fits({name: amount})
    }
    raise ValidationError({"resource_requirements": wrong})


def _is_told(name: str, fleet: Fleet) -> bool:
    """Not every worker publishes its disk, which fills and empties. GPUs that nobody names are not there."""
    return name != "disk_mb" or any("disk_mb" in worker.capacity for worker in fleet.workers)


def _would_fit(worker: WorkerFacts, needed: Mapping[str, float]) -> str:
    most = ", ".join(f"{name} {worker.capacity.get(name, 0):g}" for name in needed)
    return f"What would fit at most: {most} (worker {worker.name})."
