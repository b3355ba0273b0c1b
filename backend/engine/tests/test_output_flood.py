"""A job that never stops writing leaves a bounded log that says so, and its neighbours are none the worse."""

import re

from engine.tests.harness import Machine, log_of
from jobs.states import Status

MARKER = re.compile(rb"\n\[jobdeck: (\d+) bytes left out here; the log is capped at 1048576 bytes\]\n")


def test_a_gigabyte_without_a_newline(machine_without_agent: Machine) -> None:
    machine_without_agent.start_agent(JOBDECK_LOG_CAP_BYTES=str(1 << 20))
    flood = machine_without_agent.submit("head -c 1073741824 /dev/zero; printf END")
    neighbours = [
        machine_without_agent.submit("i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo $i; sleep 0.01; done")
        for _ in range(3)
    ]
    machine_without_agent.wait_for_ends([flood, *neighbours])
    for job in (flood, *neighbours):
        job.refresh_from_db()
        assert job.status == Status.COMPLETED
    log = log_of(flood)
    marker = MARKER.search(log)
    assert marker is not None
    kept = len(log) - len(marker[0])
    assert kept == 1 << 20
    assert kept + int(marker[1]) == 1073741824 + 3
    assert log.endswith(b"\0END")
    for job in neighbours:
        assert log_of(job) == b"".join(b"%d\n" % number for number in range(1, 51))
