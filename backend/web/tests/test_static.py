"""The front end's files, as WhiteNoise hands them out with our changes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from web.static import StaticMiddleware

Get = Callable[..., HttpResponseBase]


@pytest.fixture
def get(tmp_path: Path, settings: LazySettings) -> Get:
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "assets/index-B5I2ReI7.js", "assets/theme-early.js"):
        (tmp_path / name).write_text(f"// {name}")
    settings.WHITENOISE_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False

    def behind(request: HttpRequest) -> HttpResponse:
        return HttpResponse("behind")

    middleware = StaticMiddleware(behind)
    return lambda path, **headers: middleware(RequestFactory().get(path, headers=headers))


def test_a_name_with_a_hash_is_kept_for_ever(get: Get) -> None:
    answer = get("/assets/index-B5I2ReI7.js")

    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Access-Control-Allow-Origin" not in answer


def test_a_name_without_one_is_asked_for_again(get: Get) -> None:
    answer = get("/assets/theme-early.js")

    assert "immutable" not in answer["Cache-Control"]
    again = get("/assets/theme-early.js", **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_file_goes_out_in_one_piece(get: Get) -> None:
    assert not get("/assets/index-B5I2ReI7.js").streaming


def test_the_page_itself_is_left_to_the_view(get: Get) -> None:
    assert get("/index.html").getvalue() == b"behind"
