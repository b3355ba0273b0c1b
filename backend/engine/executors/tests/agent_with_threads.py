"""An agent with the tests' executor: `python -m engine.executors.tests.agent_with_threads --name NAME`."""

import argparse
from pathlib import Path

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    options = parser.parse_args()
    django.setup()

    from django.conf import settings

    from engine.agent import Agent
    from engine.executors import registry
    from engine.executors.tests.thread_executor import ThreadExecutor

    folder: Path = settings.ENV.home.root / "threads"
    registry.FACTORIES["thread"] = lambda _: ThreadExecutor(folder)
    Agent(options.name).run()


if __name__ == "__main__":
    main()
