"""Every address that is not a file of the front end."""

from django.urls import include, path, re_path

from config.docs import DocsView, SchemaView
from config.pages import index
from jobs.problems import raise_not_found

handler400 = "jobs.problems.bad_request"
handler403 = "jobs.problems.forbidden"
handler404 = "jobs.problems.not_found"
handler500 = "jobs.problems.server_error"

urlpatterns = [
    path("", include("telemetry.urls")),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
    path("api/", include("accounts.urls")),
    path("api/", include("jobs.urls")),
    re_path(r"^(api|ws|assets|static)(/.*)?$", raise_not_found),
    re_path(r"^(?P<path>.*)$", index),
]
