from engine.runner.clock import boottime
from engine.runner.tests.harness import Runner, alive, lasting


def test_a_job_past_its_timeout_is_ended(runner: Runner) -> None:
    sleep, token = lasting()

    _, ended = runner.ended(f"{sleep}; true", timeout=0.3)

    assert (ended["reason"], ended["signal"]) == ("timeout", 15)
    assert ended["message"] == "It ran longer than its 0.3 s and was ended."
    assert ended["receipt"] is not None and ended["receipt"]["kill_at"] is None
    assert alive(token) == []


def test_a_job_that_ignores_its_timeout_is_killed(runner: Runner) -> None:
    _, ended = runner.ended("trap '' TERM; while :; do sleep 0.05; done", timeout=0.2, grace=0.2)

    assert (ended["reason"], ended["signal"]) == ("timeout", 9)


def test_a_job_is_over_by_the_deadline_of_its_lease(runner: Runner) -> None:
    spec = runner.run("trap '' TERM; while :; do sleep 0.05; done", deadline=boottime() + 1.5, grace=0.5)

    ended = runner.exit(spec)

    assert (ended["reason"], ended["stop_requested"]) == ("fenced", "fenced")
    assert ended["receipt"] is not None and ended["receipt"]["verified_empty"]


def test_a_lease_that_is_over_ends_the_job_at_once(runner: Runner) -> None:
    _, ended = runner.ended("trap '' TERM; while :; do sleep 0.05; done", deadline=boottime())

    assert ended["reason"] == "fenced"


def test_a_renewed_lease_lets_the_job_run_on(runner: Runner) -> None:
    deadline = boottime() + 2
    spec = runner.run("while [ ! -e stop ]; do sleep 0.05; done; exit 3", deadline=deadline, grace=0.1)

    unknown = runner.client.extend(
        [{"attempt_id": spec.attempt_id, "lease": spec.lease, "deadline": boottime() + 900}]
    )
    runner.await_true(lambda: boottime() > deadline, "the old deadline is past")
    runner.work(spec, "stop").touch()

    assert unknown == []
    assert runner.exit(spec)["exit_code"] == 3


def test_leases_that_the_runner_does_not_have_are_named(runner: Runner) -> None:
    spec, _ = runner.ended("true")
    later = boottime() + 900

    unknown = runner.client.extend(
        [
            {"attempt_id": spec.attempt_id, "lease": spec.lease, "deadline": later},
            {"attempt_id": spec.attempt_id, "lease": "another", "deadline": later},
            {"attempt_id": 1, "lease": "whose", "deadline": later},
        ]
    )

    assert unknown == [spec.attempt_id, 1]
