"""The front end's page, filled in for where it is served: the same build works under any prefix."""

import re
from functools import lru_cache
from html import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
PLACEHOLDERS = re.compile(r"<base\b[^>]*>\s*|<meta\b[^>]*csp-nonce[^>]*>\s*", re.IGNORECASE)

NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Jobdeck: not built yet</title></head>
<body>
<h1>The pages are not built yet</h1>
<p>The API works. To build the pages: <code>cd frontend &amp;&amp; npm ci &amp;&amp; npm run build</code>,
then start Jobdeck again. <code>make run</code> does all of this by itself.</p>
</body>
</html>
"""


@csrf_exempt  # it changes nothing, and a POST shall learn that there is nothing here
def index(request: HttpRequest, path: str = "") -> HttpResponse:
    """Serve the page for every route that the front end knows; it looks at the address itself."""
    is_route = "//" not in request.path_info and "." not in path.rpartition("/")[2]
    if request.method not in ("GET", "HEAD") or not is_route or not _wants_page(request):
        raise Http404
    file = settings.FRONTEND_DIST / "index.html"
    try:
        template = _template(str(file), file.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=503, headers={"Cache-Control": "no-store"})
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined]  # set by django-csp
    filling = f'<base href="{escape(settings.PREFIX)}/"><meta name="csp-nonce" content="{escape(nonce)}">'
    before, after = template
    return HttpResponse(before + filling + after, headers={"Cache-Control": "no-store"})


def _wants_page(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "*/*")
    return "text/html" in accept or "*/*" in accept


@lru_cache(maxsize=2)
def _template(file: str, _changed_at: int) -> tuple[str, str]:
    """Give what comes before and after the place to fill in; read again when the file has changed."""
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123  (str, so that lru_cache can hash it cheaply)
        page = PLACEHOLDERS.sub("", opened.read())
    head = HEAD.search(page)
    split = head.end() if head else 0
    return page[:split], page[split:]
