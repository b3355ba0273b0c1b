from engine.progress import Progress, Source
from engine.throttle import MOST_NOTES, SECONDS_BETWEEN_NOTES, Throttle


def tell(throttle: Throttle, percent: int, now: float, *, last: bool = False) -> tuple[int, bool] | None:
    """Hear it and write what is due: the percent, and whether the history notes it."""
    throttle.hear(Source.LINE, Progress(percent))
    news = throttle.news(now, last=last)
    if news is None:
        return None
    throttle.written(news, now)
    return news.progress.percent, news.note


def test_the_first_is_written_and_noted_at_once() -> None:
    assert tell(Throttle(), 1, now=0) == (1, True)


def test_it_is_written_once_a_second_and_noted_every_five_points() -> None:
    throttle = Throttle()
    said = [tell(throttle, percent, now=percent / 4) for percent in range(13)]
    assert said == [
        (0, True),
        None,
        None,
        None,
        (4, False),
        None,
        None,
        None,
        (8, True),
        None,
        None,
        None,
        (12, False),
    ]


def test_slow_progress_is_noted_every_thirty_seconds() -> None:
    throttle = Throttle()
    assert tell(throttle, 1, now=0) == (1, True)
    assert tell(throttle, 2, now=SECONDS_BETWEEN_NOTES - 1) == (2, False)
    assert tell(throttle, 3, now=SECONDS_BETWEEN_NOTES) == (3, True)


def test_the_same_again_is_no_news() -> None:
    throttle = Throttle()
    tell(throttle, 1, now=0)
    assert tell(throttle, 1, now=100) is None
    assert throttle.due_at() is None


def test_what_was_put_off_is_due_later() -> None:
    throttle = Throttle()
    tell(throttle, 1, now=10)
    assert tell(throttle, 2, now=10.5) is None
    assert throttle.due_at() == 11


def test_at_the_end_nothing_is_put_off() -> None:
    throttle = Throttle()
    tell(throttle, 1, now=0)
    assert tell(throttle, 9, now=0.1, last=True) == (9, True)


def test_the_history_has_a_bound() -> None:
    throttle = Throttle()
    notes = [tell(throttle, percent % 101, now=percent * 60.0) for percent in range(1000)]
    assert sum(said is not None and said[1] for said in notes) == MOST_NOTES
    assert tell(Throttle(notes=MOST_NOTES), 1, now=0) == (1, False)


def test_a_better_source_silences_the_others() -> None:
    throttle = Throttle()
    throttle.hear(Source.BAR, Progress(10))
    throttle.hear(Source.FILE, Progress(20))
    throttle.hear(Source.LINE, Progress(30))
    news = throttle.news(0)
    assert news is not None
    assert news.progress.percent == 20
