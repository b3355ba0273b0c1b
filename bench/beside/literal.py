"""The list as it is usually written, as a peer: ModelSerializer, page numbers by OFFSET, count(*).

It has the columns of the job's own table, and none of what Jobdeck's list makes of others.
"""

from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.serializers import CharField, ModelSerializer

from jobs.models import Job


class LiteralSerializer(ModelSerializer[Job]):
    owner = CharField(source="owner.username", default=None)

    class Meta:
        model = Job
        exclude = ["environment", "lease"]


class Pages(PageNumberPagination):
    page_size = 50


class LiteralList(ListAPIView[Job]):
    serializer_class = LiteralSerializer
    pagination_class = Pages

    def get_queryset(self):  # type: ignore[no-untyped-def]
        given = {name: value for name, value in self.request.GET.items() if name != "page"}
        return Job.objects.filter(**given).select_related("owner").order_by("-created_at", "-id")
