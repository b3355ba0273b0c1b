"""The embedded PostgreSQL: data outlives every end, and nobody but its owner gets in."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from config.paths import FolderRefused, Home
from standalone import cluster_lock
from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres
from standalone.system_user import database_user
from standalone.tests.conftest import Server


def write(server: Server, value: int) -> None:
    with psycopg.connect(server.postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def to_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def read(server: Server) -> list[int]:
    with psycopg.connect(server.postgres.url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def test_it_is_postgresql_16_and_we_are_no_superuser(server: Server) -> None:
    server.start()
    with psycopg.connect(server.postgres.url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('is_superuser')"
        ).fetchone()
    assert row == (16, "off")


def test_data_survive_a_stop_and_a_start(server: Server) -> None:
    server.start()
    write(server, 1)
    server.stop()
    server.start()
    assert read(server) == [1]


def test_committed_data_survive_kill_9(home: Home, server: Server) -> None:
    server.postgres = EmbeddedPostgres(home)
    killed = server.start()
    write(server, 1)
    killed.kill()
    killed.wait()
    server.start()
    write(server, 2)
    assert read(server) == [1, 2]
    left = cluster_lock.servers(server.postgres.data)
    assert killed.pid not in {process.pid for process in left}


def test_a_server_that_outlived_its_supervisor_is_replaced(server: Server, home: Home) -> None:
    former = server.start()
    write(server, 1)
    later = Server(home)
    try:
        later.start()
        assert former.poll() is not None
        assert read(later) == [1]
    finally:
        later.stop()


def test_locks_of_a_dead_server_whose_pid_is_a_strangers_are_no_obstacle(server: Server) -> None:
    locks = locks_of_killed(server)
    user, _ = database_user()
    # PostgreSQL itself would take any living process of its user for a server.
    with subprocess.Popen(["sleep", "60"], **user.process_options()) as stranger:
        try:
            for lock in locks:
                _, *rest = lock.read_text().splitlines()
                lock.write_text("\n".join([str(stranger.pid), *rest, ""]))
            server.start()
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.parametrize("torn", ["", "\n", "\0" * 20, "99999999999999999999\n"])
def test_torn_locks_of_a_dead_server_are_no_obstacle(server: Server, torn: str) -> None:
    for lock in locks_of_killed(server):
        lock.write_text(torn)
    server.start()


def locks_of_killed(server: Server) -> list[Path]:
    """Start and kill it: the lock of its data and the one of its socket, which it leaves."""
    process = server.start()
    process.kill()
    process.wait()
    found = [server.postgres.data / "postmaster.pid", server.postgres.socket_dir / cluster_lock.SOCKET_LOCK]
    assert [lock for lock in found if not lock.exists()] == []
    return found


def test_a_lock_that_is_a_folder_is_named_with_the_way_out(server: Server) -> None:
    server.postgres.prepare()
    lock = server.postgres.data / "postmaster.pid"
    lock.mkdir()
    with pytest.raises(CannotStart, match=rf"{lock} is in the way .* move it away"):
        server.start()


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_text(""), to_folder])
def test_a_damaged_version_is_a_clear_stop_that_changes_nothing(
    server: Server, spoil: Callable[[Path], object]
) -> None:
    server.postgres.prepare()
    spoil(server.postgres.data / "PG_VERSION")
    before = sorted(server.postgres.data.rglob("*"))
    with pytest.raises(CannotStart, match=rf"{server.postgres.data} is damaged: its file PG_VERSION"):
        server.postgres.prepare()
    assert sorted(server.postgres.data.rglob("*")) == before


def test_settings_that_became_a_folder_are_written_anew(server: Server) -> None:
    server.postgres.prepare()
    to_folder(server.postgres.conf / "postgresql.conf")
    server.start()
    assert len(list(server.postgres.conf.glob("postgresql.conf.unusable-*"))) == 1


def test_a_home_reached_by_a_link_is_the_same_home(server: Server, folder: Path) -> None:
    former = server.start()
    write(server, 1)
    (folder / "link").symlink_to(server.postgres.folder.parent)
    later = Server(Home(folder / "link"))
    try:
        later.start()
        assert former.poll() is not None
        assert read(later) == [1]
    finally:
        later.stop()


def test_a_cluster_of_another_major_version_is_a_clear_stop(server: Server) -> None:
    server.start()
    server.stop()
    version = server.postgres.data / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(CannotStart, match=r"made by PostgreSQL 15.*carries 16"):
        server.postgres.prepare()
    assert version.read_text() == "15\n"


def test_half_of_a_cluster_is_made_anew(server: Server) -> None:
    server.postgres.prepare()
    server.postgres.data.rename(server.postgres.folder / "data.new")
    (server.postgres.folder / "data.new" / "PG_VERSION").unlink()
    server.start()
    write(server, 1)
    assert read(server) == [1]


def test_it_listens_on_its_closed_socket_only(server: Server) -> None:
    process = psutil.Process(server.start().pid)
    assert process.net_connections("inet") == []
    mode = server.postgres.socket_dir.stat().st_mode
    assert mode & 0o077 == 0


def test_a_role_that_is_not_ours_is_refused(server: Server) -> None:
    server.start()
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(server.postgres.url.replace("jobdeck@", "somebody@")).close()


def test_a_server_that_cannot_start_says_so(server: Server, home: Home) -> None:
    server.postgres.prepare()
    (server.postgres.data / "global" / "pg_control").unlink()
    with pytest.raises(CannotStart, match="ended while it started"):
        server.start()


def test_a_deep_home_still_has_a_short_socket(folder: Path) -> None:
    home = Home(folder / ("deep" * 30))
    home.make()
    server = Server(home)
    try:
        server.start()
        write(server, 1)
        assert read(server) == [1]
    finally:
        server.stop()
        home.runner_socket.parent.rmdir()
        home.postgres_socket_dir.rmdir()


def test_a_socket_folder_of_somebody_else_is_refused(home: Home) -> None:
    home.postgres.mkdir()
    home.postgres_socket_dir.symlink_to(home.run)
    with pytest.raises(FolderRefused, match="not a folder"):
        EmbeddedPostgres(home, durable=False).prepare()


def test_a_stop_cuts_connections_that_are_open(server: Server) -> None:
    process = server.start()
    connection = psycopg.connect(server.postgres.url)
    server.stop()
    assert process.returncode == 0
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
