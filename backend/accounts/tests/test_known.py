"""What is kept for a moment of who asks, and when it is not."""

from collections.abc import Iterator

import pytest

from accounts import known as module
from accounts.known import Known


@pytest.fixture
def known() -> Known:
    trusted = Known()
    trusted.trust()
    return trusted


@pytest.fixture
def finds() -> Iterator[int]:
    return iter(range(1, 100))


def test_what_is_known_is_not_asked_again(known: Known, finds: Iterator[int]) -> None:
    assert [known.get("ann", lambda: next(finds)) for _ in range(3)] == [1, 1, 1]
    assert known.get("bob", lambda: next(finds)) == 2


def test_while_nobody_tells_of_changes_nothing_is_kept(finds: Iterator[int]) -> None:
    alone = Known()

    assert [alone.get("ann", lambda: next(finds)) for _ in range(2)] == [1, 2]


def test_once_nobody_tells_any_more_what_was_kept_is_forgotten(known: Known, finds: Iterator[int]) -> None:
    known.get("ann", lambda: next(finds))
    known.distrust()
    assert known.get("ann", lambda: next(finds)) == 2

    known.trust()
    assert known.get("ann", lambda: next(finds)) == 3


def test_a_change_makes_it_ask_again(known: Known, finds: Iterator[int]) -> None:
    known.get("ann", lambda: next(finds))
    known.drop()

    assert known.get("ann", lambda: next(finds)) == 2


def test_what_has_changed_while_it_was_read_is_not_kept(known: Known, finds: Iterator[int]) -> None:
    def find_what_changes_meanwhile() -> int:
        found = next(finds)
        known.drop()
        return found

    assert known.get("ann", find_what_changes_meanwhile) == 1
    assert known.get("ann", lambda: next(finds)) == 2


def test_that_there_is_nobody_is_not_kept(known: Known, finds: Iterator[int]) -> None:
    assert known.get("ann", lambda: None) is None
    assert known.get("ann", lambda: next(finds)) == 1


def test_after_a_while_it_asks_again(
    known: Known, finds: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_SECONDS", -1.0)

    assert [known.get("ann", lambda: next(finds)) for _ in range(2)] == [1, 2]


def test_it_keeps_no_more_than_it_may(
    known: Known, finds: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for name in ("ann", "bob", "cem"):
        known.get(name, lambda: next(finds))

    assert known.get("cem", lambda: next(finds)) == 3
    assert known.get("ann", lambda: next(finds)) == 4
