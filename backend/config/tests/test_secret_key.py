import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.paths import Home
from config.secret_key import read_or_make_secret


def test_the_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    first = read_or_make_secret(home)

    assert len(first) >= 50
    assert read_or_make_secret(home) == first
    assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600
    assert [file.name for file in home.root.iterdir() if file.is_file()] == ["secret_key"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: read_or_make_secret(home), range(32)))

    assert len(secrets) == 1
