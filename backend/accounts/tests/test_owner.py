"""The owner's account, the token file and the commands that make them."""

import os
import stat
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, User
from accounts.owner import ensure_owner, ensure_token_file, find_owner
from accounts.roles import Role
from accounts.tests.factories import admin, user

pytestmark = pytest.mark.django_db


def test_the_owner_is_made_once_as_an_admin() -> None:
    first = ensure_owner("ann")

    assert (first.username, first.role) == ("ann", Role.ADMIN)
    assert ensure_owner("bob") == first
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["", "x" * 151])
def test_a_name_that_cannot_be_is_replaced(name: str) -> None:
    assert ensure_owner(name).username == "owner"


def test_the_owner_is_the_admin_who_has_been_here_longest() -> None:
    user("early", Role.OPERATOR)
    first = admin("first")
    admin("second")

    assert find_owner() == first


def test_the_token_file_works_and_is_for_us_alone(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "token"

    assert ensure_token_file(admin(), path) is True

    token = path.read_text().strip()
    assert client.get("/api/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_token_file_that_is_there_is_kept_even_with_a_new_database(tmp_path: Path, client: Client) -> None:
    path, owner = tmp_path / "token", admin()
    ensure_token_file(owner, path)
    before = path.read_text()
    ApiToken.objects.all().delete()

    assert ensure_token_file(owner, path) is False

    assert path.read_text() == before
    authorization = {"Authorization": f"Bearer {before.strip()}"}
    assert client.get("/api/me/", headers=authorization).status_code == 200
    ensure_token_file(owner, path)
    assert ApiToken.objects.count() == 1


def to_folder(path: Path) -> None:
    path.mkdir()
    (path / "something").write_text("of somebody's")


def to_closed(path: Path) -> None:
    path.write_text("jd_" + "x" * 43)
    path.chmod(0)
    if os.geteuid() == 0:  # who may read everything
        path.unlink()
        path.symlink_to(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text(""),
        lambda path: path.write_text("jd_torn"),
        lambda path: path.write_bytes(b"\0" * 46),
        lambda path: path.write_bytes(b"\xff" * 46),
        to_folder,
        to_closed,
    ],
    ids=["empty", "torn", "zeros", "no text", "a folder", "unreadable"],
)
def test_a_token_file_that_cannot_be_used_is_put_aside_and_its_token_ends(
    tmp_path: Path, client: Client, caplog: pytest.LogCaptureFixture, spoil: Callable[[Path], object]
) -> None:
    path, owner = tmp_path / "token", admin()
    ensure_token_file(owner, path)
    lost = path.read_text().strip()
    path.unlink()
    spoil(path)

    assert ensure_token_file(owner, path) is True

    assert f"token file {path} could not be used" in caplog.text
    assert len(list(tmp_path.glob("token.unusable-*"))) == 1
    new = path.read_text().strip()
    for token, status in ((new, 200), (lost, 401)):
        assert client.get("/api/me/", headers={"Authorization": f"Bearer {token}"}).status_code == status


def test_the_token_of_another_home_stays_valid(tmp_path: Path, client: Client) -> None:
    other, owner = tmp_path / "other-token", admin()
    ensure_token_file(owner, other)
    (tmp_path / "token").write_text("")
    ensure_token_file(owner, tmp_path / "token")

    authorization = {"Authorization": f"Bearer {other.read_text().strip()}"}
    assert client.get("/api/me/", headers=authorization).status_code == 200


def test_setup_can_be_run_again() -> None:
    for _ in range(2):
        call_command("setup", stdout=StringIO())

    assert User.objects.count() == ApiToken.objects.count() == 1
    assert settings.ENV.home.token.is_file()


def test_signin_prints_a_link_that_signs_in(client: Client) -> None:
    admin()
    out = StringIO()

    call_command("signin", stdout=out)

    link, code = out.getvalue().strip().split("#code=")
    assert link == f"{settings.ENV.url}/signin"
    answer = client.post("/api/auth/signin/", {"code": code}, content_type="application/json")
    assert answer.json()["username"] == "owner"


def test_signin_for_somebody_else() -> None:
    admin()
    user("ann")

    call_command("signin", user="ann", stdout=StringIO())

    with pytest.raises(CommandError, match="no active user 'bob'"):
        call_command("signin", user="bob", stdout=StringIO())


def test_signin_before_setup_says_what_to_do() -> None:
    with pytest.raises(CommandError, match=r"manage\.py setup"):
        call_command("signin", stdout=StringIO())
