"""Every job that a filter shows, as a file."""

from dataclasses import replace
from datetime import UTC, datetime

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from jobs import exports, limits
from jobs.permissions import visible_to
from jobs.queries import all_of
from jobs.values import one_of, whole

from .. import openapi
from ..compression import gzipped, takes_gzip
from ..export_formats import FORMATS, ExportFormat, FileOptions
from ..filters import known_parameters, list_params, read_filter
from ..params import Params
from .base import JobsAPIView, user_of

OPTIONS = ("format", "columns", "bom", "resume_after", "until")


def _renderer(kind: type[ExportFormat]) -> type[BaseRenderer]:
    """Lets an Accept header through; the view answers with a stream of its own."""
    return type(
        f"{kind.__name__}Renderer", (BaseRenderer,), {"media_type": kind.media_type, "format": kind.name}
    )


class ExportView(JobsAPIView):
    """Exports."""

    parameters = frozenset(known_parameters(*OPTIONS))
    renderer_classes = [_renderer(kind) for kind in FORMATS.values()]

    @extend_schema(operation_id="jobs_export_retrieve", responses=openapi.EXPORTED, parameters=openapi.EXPORT)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Export every job that a filter shows, as CSV, JSON or NDJSON, in the order of their ids.

        They are the jobs that there are when it begins, each as it is when its turn comes. A file that is
        whole says so by its end. After a cut connection ask again with `resume_after`, the id of the last
        whole row, and with `until`, the header `X-Export-Until` of the first answer: what comes is the rest.
        """
        params = list_params(request._request.GET, *OPTIONS)
        filters = read_filter(params, user_of(request))
        kind = FORMATS[params.read("format", one_of(FORMATS), str(request.accepted_renderer.format))]
        resume_after = params.optional("resume_after", whole(1, limits.LARGEST_ID))
        options = _read_options(params, resumed=resume_after is not None)
        if "ordering" in request._request.GET:
            params.refuse("ordering", "An export is in the order of the ids.", "Leave it out.")
        params.finish()
        selection = filters.selection
        newest = exports.newest_id(selection.table)
        options = replace(options, until=options.until or newest)
        condition = all_of([visible_to(user_of(request)), selection.condition()])
        until, after = min(options.until, newest), resume_after or 0
        export = exports.Export(selection.table, condition, options.columns, until, after)
        return _answer(kind(options), export, compressed=takes_gzip(request))


def _read_options(params: Params, *, resumed: bool) -> FileOptions:
    """`until` is 0 where none is given."""
    chosen = params.several("columns", one_of(exports.COLUMNS), commas=True) or exports.COLUMNS
    return FileOptions(
        columns=list(dict.fromkeys(["id", *chosen])),  # by which an export is resumed
        until=params.read("until", whole(1, limits.LARGEST_ID), 0),
        resumed=resumed,
        bom=params.read("bom", one_of(("true", "false")), "false") == "true",
    )


def _answer(kind: ExportFormat, export: exports.Export, *, compressed: bool) -> StreamingHttpResponse:
    """An attachment that is made as it is read."""
    pieces = kind.pieces(export.batches())
    name = f"jobs-{datetime.now(UTC):%Y-%m-%d}.{kind.name}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Export-Until": str(kind.options.until),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Encoding",
    }
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return StreamingHttpResponse(
        gzipped(pieces) if compressed else pieces,
        content_type=f"{kind.media_type}; charset=utf-8",
        headers=headers,
    )
