"""The API as the owner of this Jobdeck sees it."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .api import Api


@pytest.fixture
def api(db: None) -> "Api":
    """The API for an admin."""
    from accounts.tests.factories import admin

    from .api import Api

    return Api(admin())


@pytest.fixture
def submitter(db: None) -> "Api":
    """The API for somebody who may submit jobs and act on their own."""
    from accounts.tests.factories import user

    from .api import Api

    return Api(user("sue"))


@pytest.fixture
def viewer(db: None) -> "Api":
    """The API for somebody who may only look."""
    from accounts.roles import Role
    from accounts.tests.factories import user

    from .api import Api

    return Api(user("vic", Role.VIEWER))
