"""What the API takes, and what it answers: `jobs.queries` builds the answers, serializers describe them."""

from .bulk import BulkSerializer
from .dependencies import DependenciesSerializer
from .history import JobStatusSerializer, StatusPageSerializer
from .job import JobDetailSerializer, JobPageSerializer, JobReadSerializer
from .keep_times import KeepSerializer, KeepTimesSerializer, QueueKeepSerializer
from .logs import LogSliceSerializer
from .patch import JobPatchSerializer
from .queue import ClaimedJobsSerializer, ClaimSerializer, QueueSerializer
from .search import CompletionSerializer
from .stats import StatsSerializer
from .workers import WorkerPageSerializer, WorkerSerializer
from .write import EditSerializer, JobWriteSerializer

__all__ = [
    "BulkSerializer",
    "ClaimSerializer",
    "ClaimedJobsSerializer",
    "CompletionSerializer",
    "DependenciesSerializer",
    "EditSerializer",
    "JobDetailSerializer",
    "JobPageSerializer",
    "JobPatchSerializer",
    "JobReadSerializer",
    "JobStatusSerializer",
    "JobWriteSerializer",
    "KeepSerializer",
    "KeepTimesSerializer",
    "LogSliceSerializer",
    "QueueKeepSerializer",
    "QueueSerializer",
    "StatsSerializer",
    "StatusPageSerializer",
    "WorkerPageSerializer",
    "WorkerSerializer",
]
