"""What people see while packages are set up: honest counts, no client's lines, no server's name."""

import json
from pathlib import Path

from standalone.install_progress import debian_packages, node_packages, python_packages, without_hosts


def test_python_packages_are_counted_by_what_is_there(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(
        "# made by a command\n"
        "django==5.2 \\\n    --hash=sha256:00\n"
        "typing-extensions==4.1 \\\n    --hash=sha256:00\n"
        "psycopg-binary==3.3 ; implementation_name != 'pypy' \\\n    --hash=sha256:00\n"
        "tzdata==2026.6 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )
    for folder in ("Django-5.2.dist-info", "typing_extensions-4.0.dist-info", "pip-24.0.dist-info"):
        (tmp_path / folder).mkdir()
    said = "Ignoring tzdata: markers 'sys_platform' don't match\nCollecting psycopg-binary==3.3\n"
    assert python_packages(requirements, tmp_path, "") == "1 of 4 are installed"
    assert python_packages(requirements, tmp_path, said) == "1 of 3 are installed, 1 more fetched"
    (tmp_path / "psycopg_binary-3.3.dist-info").mkdir()
    said += "Installing collected packages: psycopg-binary\n"
    assert python_packages(requirements, tmp_path, said) == "2 of 3 are installed"


def test_node_packages_are_counted_by_what_is_there(tmp_path: Path) -> None:
    packages: dict[str, dict[str, bool]] = {
        "": {},
        "node_modules/react": {},
        "node_modules/vite": {},
        "node_modules/vite/node_modules/tiny": {},
        "node_modules/for-another-system": {"optional": True},
    }
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    said = "npm http fetch GET 200 https://registry.example/react 5ms (cache updated)\n"
    assert node_packages(tmp_path, said) == "0 of 3 are unpacked; 1 downloads so far"
    for name in ("react", "vite/node_modules/tiny"):
        (tmp_path / "node_modules" / name).mkdir(parents=True)
        (tmp_path / "node_modules" / name / "package.json").touch()
    assert node_packages(tmp_path, said) == "2 of 3 are unpacked"


def test_debian_packages_are_counted_by_what_apt_says() -> None:
    assert debian_packages("Get:1 http://deb.example/debian trixie\n") == "reading the lists of packages"
    said = "0 upgraded, 3 newly installed, 0 to remove.\nGet:1 http://deb.example a\nSetting up a (1.0) ...\n"
    assert debian_packages(said) == "1 of 3 are installed, 1 fetched"


def test_a_failure_is_shown_without_the_servers_name() -> None:
    said = "npm error network request to https://user:secret@registry.example:8443/react failed"
    assert without_hosts(said) == "npm error network request to …/react failed"
