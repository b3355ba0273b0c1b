"""The embedded PostgreSQL by who starts it: root gets a user for it, an ordinary user needs none."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from config.paths import Home
from standalone import binaries, system_user
from standalone.commands import BACKEND
from standalone.errors import CannotStart
from standalone.tests.conftest import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can show this")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@as_root
def test_root_runs_it_as_a_user_of_its_own(server: Server) -> None:
    process = psutil.Process(server.start().pid)
    assert process.username() == system_user.NAME
    assert process.uids().effective != 0
    assert set(process.gids()) == {pwd.getpwnam(system_user.NAME).pw_gid}


@as_root
def test_its_programs_cannot_be_changed_by_its_user(server: Server) -> None:
    server.postgres.prepare()
    programs = list(server.postgres.folder.glob("bin-*/**/*"))
    assert programs
    assert {path.stat().st_uid for path in (server.postgres.folder, *programs)} == {0}
    assert not [path for path in programs if mode(path) & 0o022]


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv takes a right away from root")
def test_its_lock_is_respected_where_root_is_not_shown_its_folder(server: Server) -> None:
    process = server.start()
    look = "import sys; from pathlib import Path; from standalone import cluster_lock as lock; "
    look += "print([server.pid for server in lock.servers(Path(sys.argv[1]))])"
    # As in a container, whose root may not trace the processes of others.
    less = ["setpriv", "--bounding-set=-sys_ptrace", sys.executable, "-c", look, str(server.postgres.data)]
    done = subprocess.run(less, cwd=BACKEND, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([process.pid])


@as_root
def test_a_folder_in_the_way_is_named_and_left_alone(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / "home")
    home.make()
    with pytest.raises(CannotStart, match=rf"who cannot enter {closed}\."):
        Server(home).start()
    assert mode(closed) == 0o700
    assert list(home.postgres.iterdir()) == []


@as_root
def test_data_of_another_user_are_not_taken_over(server: Server) -> None:
    server.postgres.prepare()
    os.chown(server.postgres.data, 0, 0)
    with pytest.raises(CannotStart, match="belongs to user id 0"):
        server.postgres.prepare()


@as_root
def test_an_ordinary_user_runs_it_as_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The package may be where nobody else can read, so that user gets a copy.
    programs = binaries.copied_to(folder)
    monkeypatch.setattr(binaries, "carried", lambda: programs)
    nobody = pwd.getpwnam("nobody")
    closed = folder / "theirs"
    closed.mkdir(mode=0o700)
    os.chown(closed, nobody.pw_uid, nobody.pw_gid)

    def use() -> None:
        home = Home(closed / "home")
        home.make()
        server = Server(home)
        try:
            process = psutil.Process(server.start().pid)
            assert process.uids().effective == nobody.pw_uid
            with psycopg.connect(server.postgres.url) as connection:
                connection.execute("CREATE TABLE kept ()")
        finally:
            server.stop()

    assert succeeds_as(nobody, use)


def succeeds_as(user: pwd.struct_passwd, action: Callable[[], None]) -> bool:
    """Do it in a process of that user; whether it went well."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
            os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
            action()
        except BaseException:  # noqa: BLE001  (nothing may return into the forked test session)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0
