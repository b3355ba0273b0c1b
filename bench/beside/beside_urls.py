"""Views that are measured beside Jobdeck's own, by the same server: two that do nothing, one for anybody and one
for who is signed in, and a list as it is usually written."""

from django.urls import path
from literal import LiteralList
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as of_jobdeck


class Empty(APIView):
    """Whoever is signed in."""

    def get(self, request: Request) -> Response:
        return Response({"done": True})


class EmptyForAnybody(Empty):
    """Nobody is looked up."""

    authentication_classes = []
    permission_classes = []


urlpatterns = [
    path("api/empty/", Empty.as_view()),
    path("api/empty/anybody/", EmptyForAnybody.as_view()),
    path("api/literal/", LiteralList.as_view()),
    *of_jobdeck,
]
