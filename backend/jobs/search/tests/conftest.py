"""What the tests of the domain share."""

from jobs.tests.conftest import committing, sides, transactional_db

__all__ = ["committing", "sides", "transactional_db"]
