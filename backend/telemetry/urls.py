from django.urls import path

from telemetry.health import livez, readyz
from telemetry.metrics import MetricsView

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("metrics", MetricsView.as_view()),
]
