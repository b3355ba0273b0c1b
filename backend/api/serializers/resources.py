"""What a job asks of a machine."""

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema_serializer
from rest_framework.serializers import ErrorDetail, ValidationError

from jobs import limits
from jobs.queries import Fleet
from jobs.queries.workers import WorkerFacts

from .fields import NumberField, StrictSerializer, WholeField, hinted

_IF_DECLARED = "Refused unless a worker declares that it has some."


@extend_schema_serializer(component_name="ResourceRequirements")
class ResourceSerializer(StrictSerializer):
    """What the job needs at once. Left out: one core, and no memory set aside."""

    cpus = NumberField(limits.CPUS, required=False)
    memory_mb = WholeField(limits.MEMORY_MB, required=False)
    gpus = WholeField(limits.GPUS, required=False, help_text=_IF_DECLARED)
    disk_mb = WholeField(limits.DISK_MB, required=False, help_text=_IF_DECLARED)


# What nothing keeps for a job unless its worker says that it does, and what to do instead.
_INSTEAD = {
    "gpus": "A script can choose its own devices with CUDA_VISIBLE_DEVICES in `environment`.",
    "disk_mb": "A job may write as long as the disk has space.",
}


def require_fitting(wanted: Mapping[str, float], fleet: Fleet) -> None:
    """Refuse what no worker could ever give, and say what would fit.

    With no worker known yet, cores and memory are taken on trust; what only a worker can declare is not.
    """
    needed = {name: amount for name, amount in wanted.items() if amount}
    undeclared = {name for name in _INSTEAD.keys() & needed.keys() if not fleet.declares(name)}
    wrong = {name: [_undeclared(name)] for name in undeclared}
    wrong |= _too_large({name: amount for name, amount in needed.items() if name not in undeclared}, fleet)
    if wrong:
        raise ValidationError({"resource_requirements": wrong})


def _undeclared(name: str) -> ErrorDetail:
    return hinted(
        f"No worker declares any {name}, so none could be reserved for this job.",
        f"What would fit: {name} 0, or leave it out. {_INSTEAD[name]}",
    )


def _too_large(needed: Mapping[str, float], fleet: Fleet) -> dict[str, list[ErrorDetail]]:
    if not needed or not fleet.workers or any(worker.fits(needed) for worker in fleet.workers):
        return {}
    best = max(fleet.workers, key=lambda worker: worker.fits_of(needed))
    return {
        name: [
            hinted(
                f"No worker has {amount:g} {name} together with the rest of the request.",
                _would_fit(best, needed),
            )
        ]
        for name, amount in needed.items()
        if not best.fits({name: amount})
    }


def _would_fit(worker: WorkerFacts, needed: Mapping[str, float]) -> str:
    most = ", ".join(f"{name} {worker.capacity.get(name, 0):g}" for name in needed)
    return f"What would fit at most: {most} (worker {worker.name})."
