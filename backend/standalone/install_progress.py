"""How far a set-up step is, in plain words: counted from what is to be there and what is on disk already.

What package clients print is for whoever looks into the log; people wait for numbers.
"""

import json
import re
from pathlib import Path

_HOSTS = re.compile(r"\b[a-z]+://[^/\s'\"]+")


def python_packages(requirements: Path, site_packages: Path, said: str) -> str:
    """`said` is pip's output so far."""
    pinned = re.findall(r"^([\w.-]+)==(\S+)", requirements.read_text(), re.MULTILINE)
    left_out = {_plain(name) for name in re.findall(r"^Ignoring (\S+):", said, re.MULTILINE)}
    wanted = {f"{_plain(name)}-{version}" for name, version in pinned if _plain(name) not in left_out}
    folders = (path.name.removesuffix(".dist-info") for path in site_packages.glob("*.dist-info"))
    there = {f"{_plain(name)}-{version}" for name, _, version in (f.rpartition("-") for f in folders)}
    counted = f"{len(wanted & there)} of {len(wanted)} are installed"
    fetched = len(re.findall(r"^(?:Collecting|Processing) ", said, re.MULTILINE))
    if not fetched or "\nInstalling collected packages" in said:
        return counted
    return f"{counted}, {fetched} more fetched"


def node_packages(folder: Path, said: str) -> str:
    """`said` is npm's output so far; `folder` has the lock file, and node_modules where they go."""
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    there = {path for path in packages if path and (folder / path / "package.json").is_file()}
    # Optional ones are for other machines too, and come along only where something needs them.
    needed = {path for path, about in packages.items() if path and not about.get("optional")}
    counted = f"{len(there)} of {len(needed | there)} are unpacked"
    answers = len(re.findall(r"^npm http fetch ", said, re.MULTILINE))
    return counted if there or not answers else f"{counted}; {answers} downloads so far"


def debian_packages(said: str) -> str:
    """`said` is apt's output so far."""
    found = re.search(r"(\d+) newly installed", said)
    if found is None:
        return "reading the lists of packages"
    fetched, ready = (len(re.findall(rf"^{word}", said, re.MULTILINE)) for word in ("Get:", "Setting up "))
    return f"{ready} of {found[1]} are installed, {fetched} fetched"


def without_hosts(text: str) -> str:
    """The same without the names of the servers that packages come from."""
    return _HOSTS.sub("…", text)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
