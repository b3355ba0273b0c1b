"""What Prometheus may know of the web process, at /metrics."""

from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    Metric,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from jobs.replicas import replicas

LOOPBACK = ("127.0.0.1", "::1")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

requests_total = Counter("jobdeck_http_requests_total", "Requests answered.", ["method", "route", "status"])
request_seconds = Histogram(
    "jobdeck_http_request_seconds", "Time to answer a request.", ["method", "route"], buckets=BUCKETS
)


class ReplicaCollector(Collector):
    """What is known of the replicas when somebody asks."""

    def describe(self) -> tuple[Metric, ...]:
        """Nothing: the registry would collect at once to find out."""
        return ()

    def collect(self) -> Iterator[Metric]:
        known = replicas()
        reads = CounterMetricFamily(
            "jobdeck_read_requests", "API requests that read jobs, by where.", labels=["database"]
        )
        for alias, count in known.reads.items():
            reads.add_metric([alias], count)
        yield reads
        usable = GaugeMetricFamily(
            "jobdeck_replica_usable", "1 where the replica is asked.", labels=["database"]
        )
        age = GaugeMetricFamily(
            "jobdeck_replica_age_seconds", "What it shows is at most that old.", labels=["database"]
        )
        for state in known.states():
            usable.add_metric([state.name], float(state.usable))
            if state.age is not None:
                age.add_metric([state.name], state.age)
        yield from (usable, age)


REGISTRY.register(ReplicaCollector())
redis_usable = Gauge("jobdeck_redis_usable", "1 where the cache is in Redis, 0 in the process alone.")
redis_usable.set_function(lambda: float(bool(settings.ENV.redis_url) and not getattr(cache, "trouble", "")))


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count an answered request by its route, never by its path: ids would make a series each."""
    route = request.resolver_match.route if request.resolver_match else "none"
    method = request.method if request.method in _METHODS else "OTHER"
    requests_total.labels(method, route, str(status)).inc()
    request_seconds.labels(method, route).observe(seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class SignedInOrLocal(BasePermission):
    """Whoever is signed in, and a Prometheus on this machine that asks without a proxy in between."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return True
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


class MetricsView(APIView):
    """All metrics of this process, in Prometheus's text format."""

    permission_classes = [SignedInOrLocal]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
