"""The list as it is usually written, as a peer: ModelSerializer, page numbers by OFFSET, count(*).

`bench/literal.py` is run by `bench/lists.py` against the same database. It prints, as JSON, the milliseconds
of each request by its name. No server, no network and no account are in them: that favours the peer.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "backend"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.test import RequestFactory
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.serializers import CharField, ModelSerializer

from jobs.models import Job

ROUNDS = 3


class LiteralSerializer(ModelSerializer[Job]):
    owner = CharField(source="owner.username", default=None)

    class Meta:
        model = Job
        exclude = ["environment", "lease"]


class Pages(PageNumberPagination):
    page_size = 50


class LiteralList(ListAPIView[Job]):
    authentication_classes = []
    permission_classes = []
    serializer_class = LiteralSerializer
    pagination_class = Pages

    def get_queryset(self):  # type: ignore[no-untyped-def]
        given = {name: value for name, value in self.request.GET.items() if name != "page"}
        return Job.objects.filter(**given).select_related("owner").order_by("-created_at", "-id")


def milliseconds(query: str) -> float:
    request = RequestFactory().get(f"/literal/?{query}")
    began = time.perf_counter()
    answer = LiteralList.as_view()(request).render()
    assert answer.status_code == 200, answer.content[:500]
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    deep = max(1, Job.objects.count() // 50 // 10)  # a tenth of the way
    asked = {"newest": "", "deep": f"page={deep}", "failed": "status=FAILED"}
    milliseconds("")
    print(json.dumps({name: [milliseconds(query) for _ in range(ROUNDS)] for name, query in asked.items()}))
