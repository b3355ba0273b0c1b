import socket
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.agent import Agent
from engine.runner.lock_file import LockFileError
from engine.scheduler import Scheduler


class Command(BaseCommand):
    help = "Run this machine's agent, with the scheduler. SIGTERM leaves jobs running; SIGUSR2 ends them too."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default=socket.gethostname(), help="how people see this worker")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        scheduler = threading.Thread(target=Scheduler().run, args=(stop,), name="scheduler", daemon=True)
        agent = Agent(options["name"])
        scheduler.start()
        try:
            agent.run()
        except LockFileError as error:
            raise CommandError(str(error)) from error
        finally:
            stop.set()
            scheduler.join(timeout=5)
