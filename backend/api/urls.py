"""The addresses of the API of jobs, below api/. What comes first wins over an id."""

from django.urls import path

from .views import (
    BulkView,
    CancelView,
    ClaimView,
    ExportView,
    JobsView,
    JobView,
    LogsView,
    OperationAbortView,
    OperationOutcomesView,
    OperationPreviewView,
    OperationsView,
    OperationUndoView,
    OperationView,
    QueueView,
    RetryView,
    StatsView,
    StatusesView,
    SuggestView,
    WorkersView,
)

urlpatterns = [
    path("jobs/", JobsView.as_view(), name="jobs"),
    path("jobs/bulk/", BulkView.as_view(), name="bulk"),
    path("jobs/export/", ExportView.as_view(), name="export"),
    path("jobs/stats/", StatsView.as_view(), name="stats"),
    path("jobs/search/suggest/", SuggestView.as_view(), name="suggest"),
    path("jobs/queue/", QueueView.as_view(), name="queue"),
    path("jobs/queue/claim/", ClaimView.as_view(), name="claim"),
    path("jobs/<str:id>/", JobView.as_view(), name="job"),
    path("jobs/<str:id>/cancel/", CancelView.as_view(), name="cancel"),
    path("jobs/<str:id>/retry/", RetryView.as_view(), name="retry"),
    path("jobs/<str:id>/statuses/", StatusesView.as_view(), name="statuses"),
    path("jobs/<str:id>/logs/", LogsView.as_view(), name="logs"),
    path("operations/", OperationsView.as_view(), name="operations"),
    path("operations/preview/", OperationPreviewView.as_view(), name="operation-preview"),
    path("operations/<str:id>/", OperationView.as_view(), name="operation"),
    path("operations/<str:id>/abort/", OperationAbortView.as_view(), name="operation-abort"),
    path("operations/<str:id>/undo/", OperationUndoView.as_view(), name="operation-undo"),
    path("operations/<str:id>/outcomes/", OperationOutcomesView.as_view(), name="operation-outcomes"),
    path("workers/", WorkersView.as_view(), name="workers"),
]
