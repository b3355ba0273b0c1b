"""What could stand at the caret of a search."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.search import grammar
from jobs.search.completion import complete
from jobs.values import whole

from .. import openapi
from ..conditional import conditional
from ..params import Params
from ..serializers import CompletionSerializer
from .base import JobsAPIView

PARAMETERS = ("q", "caret")


class SuggestView(JobsAPIView):
    """Suggestions for a search."""

    parameters = frozenset(PARAMETERS)

    @extend_schema(
        operation_id="jobs_search_suggest_retrieve",
        responses=CompletionSerializer,
        parameters=openapi.SUGGEST,
    )
    @conditional
    def get(self, request: Request) -> Response:
        """Suggest what could stand at the caret of a search: qualifiers, their values, words.

        Values come from counters, workers, and the newest jobs; at most ten, the likely ones first.
        """
        params = Params(request._request.GET, PARAMETERS)
        query = params.read("q", grammar.typed, "")
        caret = params.read("caret", whole(0, grammar.LONGEST), len(query))
        params.finish()
        return Response(asdict(complete(query, min(caret, len(query)))))
