"""The HTTP API of jobs: a file per thing that can be asked for."""

from .actions import CancelView, RestoreView, RetryView
from .bulk import BulkView
from .dependencies import DependenciesView
from .detail import JobView
from .export import ExportView
from .keep_times import KeepTimesView, QueueKeepView
from .list import JobsView
from .logs import LogsView
from .operations import (
    OperationAbortView,
    OperationOutcomesView,
    OperationPreviewView,
    OperationsView,
    OperationUndoView,
    OperationView,
)
from .queue import ClaimView, QueueView
from .stats import StatsView
from .statuses import StatusesView
from .suggest import SuggestView
from .workers import WorkersView

__all__ = [
    "BulkView",
    "CancelView",
    "ClaimView",
    "DependenciesView",
    "ExportView",
    "JobView",
    "JobsView",
    "KeepTimesView",
    "LogsView",
    "OperationAbortView",
    "OperationOutcomesView",
    "OperationPreviewView",
    "OperationUndoView",
    "OperationView",
    "OperationsView",
    "QueueKeepView",
    "QueueView",
    "RestoreView",
    "RetryView",
    "StatsView",
    "StatusesView",
    "SuggestView",
    "WorkersView",
]
