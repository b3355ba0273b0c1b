"""Every address that is not a file of the front end."""

from django.urls import include, path, re_path

from api.problems import raise_not_found
from api.views.docs import DocsView, SchemaView
from web.pages import index

handler400 = "api.problems.bad_request"
handler403 = "api.problems.forbidden"
handler404 = "api.problems.not_found"
handler500 = "api.problems.server_error"

urlpatterns = [
    path("", include("telemetry.urls")),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
    path("api/", include("accounts.urls")),
    path("api/", include("api.urls")),
    re_path(r"^(api|ws|assets|static)(/.*)?$", raise_not_found),
    re_path(r"^(?P<path>.*)$", index),
]
