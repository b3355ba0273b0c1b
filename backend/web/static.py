"""Serves the front end's built files and the API pages' own."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

# Vite puts a hash of the content into the names below assets/: the same name is the same content for ever.
HASHED = re.compile(r"^/assets/.+-[A-Za-z0-9_-]{8}\.\w+$")


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise ships no types
    """WhiteNoise, with two changes: Vite's names are immutable, and each file goes out in one piece."""

    def immutable_file_test(self, path: str, url: str) -> bool:
        return HASHED.match(url) is not None

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        # The page itself is filled in by web.pages.
        if url != "/index.html":
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        # WhiteNoise would hand out 4 KiB at a time, and a slow reader would hold a thread meanwhile.
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
