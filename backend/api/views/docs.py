"""The API's description: as OpenAPI, and as a page to read and try."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1; `Accept: application/vnd.oai.openapi+json` for JSON, YAML otherwise."""


class DocsView(SpectacularSwaggerSplitView):
    """The description as a page: Swagger UI, served from here."""

    url_name = "schema"
    template_name = "docs.html"
