"""The embedded PostgreSQL: data outlives every end, and nobody but its owner gets in."""

import os
import subprocess
from pathlib import Path

import psutil
import psycopg
import pytest

from config.paths import FolderRefused, Home
from standalone import processes
from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres
from standalone.system_user import database_user
from standalone.tests.conftest import Server


def write(server: Server, value: int) -> None:
    with psycopg.connect(server.postgres.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


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
    left = processes.working_in(server.postgres.data, "postgres")
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


def test_a_lock_file_whose_pid_is_a_strangers_is_no_obstacle(server: Server) -> None:
    server.start()
    write(server, 1)
    server.stop()
    user, _ = database_user()
    # PostgreSQL itself would take any living process of its user for a server.
    with subprocess.Popen(["sleep", "60"], **user.process_options()) as stranger:
        try:
            leave_lock(server, stranger.pid)
            server.start()
            assert stranger.poll() is None
        finally:
            stranger.kill()
    assert read(server) == [1]


def leave_lock(server: Server, pid: int) -> None:
    data = server.postgres.data
    lock = data / "postmaster.pid"
    lines = (pid, data, 1, 5432, server.postgres.socket_dir, "", " 1 1", "ready")
    lock.write_text("".join(f"{line}\n" for line in lines))
    os.chown(lock, data.stat().st_uid, -1)


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
    with pytest.raises(CannotStart, match="ended with exit code"):
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
