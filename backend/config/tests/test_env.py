"""Settings from the environment: what they mean, and that a report names all that is wrong."""

from pathlib import Path

import pytest

from config.database_url import socket_url, without_password
from config.env import BadSettings, is_loopback, load_env


def refused(**environ: str) -> dict[str, str]:
    with pytest.raises(BadSettings) as caught:
        load_env(environ)
    return {problem.name: problem.wrong for problem in caught.value.problems}


def test_nothing_set_gives_a_private_server_with_the_embedded_database() -> None:
    env = load_env({"HOME": "/home/ada"})
    assert (env.host, env.port, env.auth, env.embedded, env.prefix) == ("127.0.0.1", 8000, True, True, "")
    assert env.database_url == socket_url(env.home.postgres_socket_dir)


def test_all_problems_are_reported_at_once() -> None:
    wrong = refused(
        PORT="0",
        HOST="192.0.2.7",
        JOBDECK_AUTH="off",
        JOBDECK_HOME="here",
        JOBDECK_LEASE_SECONDS="3",
        JOBDECK_CPUS="nan",
        JOBDECK_PREFIX="a/b",
        LOG_FORMAT="xml",
        DATABASE_URL="mysql://host/name",
        JOBDECK_ALLOWED_HOSTS="*",
    )
    assert set(wrong) == {
        "PORT",
        "JOBDECK_AUTH",
        "JOBDECK_HOME",
        "JOBDECK_LEASE_SECONDS",
        "JOBDECK_CPUS",
        "JOBDECK_PREFIX",
        "LOG_FORMAT",
        "DATABASE_URL",
        "JOBDECK_ALLOWED_HOSTS",
    }


def test_the_report_says_name_value_and_what_is_allowed() -> None:
    with pytest.raises(BadSettings, match=r"PORT=eighty: it is not a whole number\. Allowed: 1 to 65535"):
        load_env({"PORT": "eighty"})


def test_the_report_never_shows_a_password() -> None:
    with pytest.raises(BadSettings) as caught:
        load_env({"DATABASE_URL": "mysql://ada:secret@db/jobs"})
    assert "secret" not in str(caught.value)


def test_replicas_are_addresses_between_commas_and_a_comma_may_be_in_one() -> None:
    several = "postgresql://a@one,two/jobs, postgres://a@three/jobs"
    env = load_env({"DATABASE_REPLICA_URLS": several})
    assert env.replica_urls == ("postgresql://a@one,two/jobs", "postgres://a@three/jobs")
    assert load_env({}).replica_urls == ()


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("postgresql://a/b,mysql://ada:secret@c/d", "of number 2, its scheme is 'mysql'"),
        ("postgresql://a", "of number 1, it does not name a database after the host"),
        ("postgresql://a/b,postgresql://a/b", "one of them is there twice"),
    ],
)
def test_a_bad_replica_is_named_without_its_password(value: str, wrong: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_env({"DATABASE_REPLICA_URLS": value, "JOBDECK_REPLICA_MAX_LAG": "0"})
    text = str(caught.value)
    assert f": {wrong}. Allowed: such addresses as DATABASE_URL takes, between commas." in text
    assert "JOBDECK_REPLICA_MAX_LAG=0: it is out of range. Allowed: 0.1 to 3600." in text
    assert "secret" not in text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_auth_may_be_off_on_loopback(host: str) -> None:
    assert not load_env({"HOST": host, "JOBDECK_AUTH": "off"}).auth


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.4", "::", "jobs.example.org"])
def test_auth_off_is_refused_anywhere_else(host: str) -> None:
    assert "JOBDECK_AUTH" in refused(HOST=host, JOBDECK_AUTH="off")
    assert not is_loopback(host)


def test_an_empty_value_means_the_default() -> None:
    assert load_env({"PORT": "", "JOBDECK_CPUS": " "}).port == 8000


def test_a_prefix_loses_its_last_slash() -> None:
    env = load_env({"JOBDECK_PREFIX": "/lab/jobs/", "PORT": "81"})
    assert env.prefix == "/lab/jobs"
    assert env.url == "http://127.0.0.1:81/lab/jobs"


@pytest.mark.parametrize("value", ["jobs", "/a//b", "/a/../b", "/a b", "/a?b"])
def test_a_prefix_that_is_no_plain_path_is_refused(value: str) -> None:
    assert "JOBDECK_PREFIX" in refused(JOBDECK_PREFIX=value)


def test_an_ordinary_user_has_the_home_below_xdg_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert load_env({"XDG_DATA_HOME": "/data", "HOME": "/home/ada"}).home.root == Path("/data/jobdeck")
    assert load_env({"XDG_DATA_HOME": "data", "HOME": "/home/ada"}).home.root == Path(
        "/home/ada/.local/share/jobdeck"
    )


def test_root_has_the_home_below_var_lib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert load_env({"XDG_DATA_HOME": "/data"}).home.root == Path("/var/lib/jobdeck")


@pytest.mark.parametrize("url", ["sqlite:///x", "postgresql://host/", "postgresql://host:x/name", "jobs"])
def test_a_database_url_that_says_too_little_is_refused(url: str) -> None:
    assert "DATABASE_URL" in refused(DATABASE_URL=url)


def test_a_socket_folder_is_quoted_in_its_url() -> None:
    url = socket_url(Path("/var/a b%/socket"))
    assert url == "postgresql://jobdeck@/jobdeck?host=%2Fvar%2Fa%20b%25%2Fsocket"


def test_a_url_is_shown_without_its_password() -> None:
    assert without_password("postgresql://ada:pw@db/jobs") == "postgresql://ada:…@db/jobs"
