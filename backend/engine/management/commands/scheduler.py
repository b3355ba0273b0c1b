import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from engine.scheduler import Scheduler


class Command(BaseCommand):
    help = "Run the scheduler alone: lost leases, counters, partitions. Any number may run; one works."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Scheduler().run(stop)
