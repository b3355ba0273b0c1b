from engine.stopping import SETTLE_SECONDS, WAIT_SECONDS, Stage, Stopping


def test_jobs_get_their_moment_then_are_ended() -> None:
    stopping = Stopping(grace=5)
    stopping.asked(now=100)
    stages = []
    for seconds in (0, WAIT_SECONDS - 0.1, WAIT_SECONDS):
        stopping.advance(now=100 + seconds, running=True)
        stages.append(stopping.stage)
    assert stages == [Stage.WAITING, Stage.WAITING, Stage.ENDING]


def test_nobody_waits_for_nothing() -> None:
    stopping = Stopping(grace=5)
    stopping.asked(now=100)
    stopping.advance(now=100, running=False)
    assert stopping.over(now=100, in_flight=False)


def test_asked_twice_it_does_not_wait() -> None:
    stopping = Stopping(grace=5)
    stopping.asked(now=100)
    stopping.asked(now=101)
    assert stopping.stage is Stage.ENDING
    assert stopping.due_at() == 101 + 5 + SETTLE_SECONDS


def test_it_ends_even_if_nothing_can_be_stored() -> None:
    stopping = Stopping(grace=5)
    for _ in range(2):
        stopping.asked(now=100)
    assert not stopping.over(now=114, in_flight=True)
    assert stopping.over(now=115, in_flight=True)


def test_without_being_asked_it_never_ends() -> None:
    stopping = Stopping(grace=5)
    stopping.advance(now=1e9, running=False)
    assert not stopping.over(now=1e9, in_flight=False)
    assert stopping.due_at() is None
