"""Finding jobs among candidates: when the search has ended, and when only its time."""

import pytest

from jobs.queries.budget import Budget
from jobs.queries.candidates import Candidates, pick
from jobs.queries.condition import ALWAYS
from jobs.queries.criteria import Selection
from jobs.queries.orders import ORDERS
from jobs.queries.paths import Asked

NEWEST_FIRST = Asked(Selection(), ORDERS["-created_at"], 5, 0, None, ALWAYS)
OLDEST_FIRST = Asked(Selection(), ORDERS["created_at"], 5, 0, None, ALWAYS)


@pytest.mark.parametrize(
    "asked, until, ended",
    [(NEWEST_FIRST, 9, False), (NEWEST_FIRST, 1, True), (OLDEST_FIRST, 9, False), (OLDEST_FIRST, 0, False)],
)
def test_a_search_without_time_has_ended_only_where_no_id_is_left(
    asked: Asked, until: int, ended: bool
) -> None:
    found = pick(iter([Candidates([], until), Candidates([], 1)]), asked, Budget(0))

    assert (found.ended, found.until) == (ended, (until,))
