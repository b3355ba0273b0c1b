"""What is printed when everything runs."""

import shlex

from config.database_url import without_password
from config.env import Env


def welcome(env: Env, signin: str) -> str:
    """The sign-in link, where the data lives, what to try, how to stop."""
    token = shlex.quote(str(env.home.token))
    lines = [""]
    if signin:
        lines += [
            f"  Open      {signin}",
            "            (signs you in once, within 10 minutes; `make signin` prints another)",
        ]
    else:
        lines += [f"  Open      {env.url}/"]
    lines += [f"  Data      {env.home.root}"]
    if not env.embedded:
        lines += [f"  Database  {without_password(env.database_url)}"]
    lines += [
        f"  Logs      {env.home.logs}",
        "  Stop      Ctrl-C (jobs that run get 10 s; the data stays)",
        "\n  A first job, from another terminal:\n",
        f"  curl {env.url}/api/jobs/ \\",
        f'    -H "Authorization: Bearer $(cat {token})" -H "Content-Type: application/json" \\',
        """    -d '{"name": "Hello", "command": "echo Hello from $(hostname)"}'\n""",
    ]
    return "\n".join(lines)
