#!/usr/bin/env python3
"""Submit a script to Jobdeck and, with --wait, follow it to its end.

NAME=VALUE pairs become the job's environment. The address comes from --url, $JOBDECK_URL or $PORT; the token
from $JOBDECK_TOKEN or the file `token` in Jobdeck's home. Standard library only.
"""

import argparse
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

ENDED = {"COMPLETED", "FAILED", "CANCELLED"}


def home():
    """Where `make run` keeps its data, by the same rule."""
    if "JOBDECK_HOME" in os.environ:
        return pathlib.Path(os.environ["JOBDECK_HOME"])
    if os.geteuid() == 0:
        return pathlib.Path("/var/lib/jobdeck")
    data = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share"
    return pathlib.Path(data) / "jobdeck"


def token():
    if "JOBDECK_TOKEN" in os.environ:
        return os.environ["JOBDECK_TOKEN"]
    path = home() / "token"
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        sys.exit(f"cannot read the token: {error}\nIs Jobdeck running (`make run`), and as this user?")


def call(method, url, body=None):
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token()}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"{url} answered {error.code}: {error.read().decode(errors='replace')}")
    except urllib.error.URLError as error:
        sys.exit(f"{url} cannot be reached: {error.reason}\nIs Jobdeck running (`make run`)?")


def wait(url):
    """Print what the job says of itself until it has ended; the ended job."""
    said = None
    while True:
        job = call("GET", url)
        progress = "" if job["progress"] is None else f"{job['progress']:>3} %  "
        line = f"{job['status']:<9}  {progress}{job['status_message']}"
        if line != said:
            print(line, flush=True)
            said = line
        if job["status"] in ENDED:
            return job
        time.sleep(0.5)


def shown(value):
    """The result without long strings, which are pictures."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, str) and len(value) > 80:
        return f"{value[:40]}... ({len(value):,} characters)"
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("script", type=pathlib.Path)
    parser.add_argument("environment", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--name", help="name of the job; the script's name if not given")
    parser.add_argument("--priority", type=int, default=5)
    parser.add_argument("--wait", action="store_true", help="wait for the end; exit 1 unless it completed")
    port = os.environ.get("PORT", "8000")
    parser.add_argument("--url", default=os.environ.get("JOBDECK_URL", f"http://127.0.0.1:{port}"))
    given = parser.parse_args()
    job = call(
        "POST",
        f"{given.url}/api/jobs/",
        {
            "name": given.name or given.script.stem,
            "command": given.script.read_text(encoding="utf-8"),
            "environment": dict(pair.split("=", 1) for pair in given.environment),
            "priority": given.priority,
            "tags": ["example"],
        },
    )
    print(f"job {job['id']}: {given.url}/jobs/{job['id']}")
    if given.wait:
        job = wait(f"{given.url}/api/jobs/{job['id']}/")
        if job["result_data"] is not None:
            print(json.dumps(shown(job["result_data"]), indent=2))
        sys.exit(job["status"] != "COMPLETED")


if __name__ == "__main__":
    main()
