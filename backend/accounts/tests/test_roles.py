import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import user

pytestmark = pytest.mark.django_db


def test_roles_include_the_lower_ones() -> None:
    assert [role for role in Role if Role.OPERATOR.includes(role)] == [
        Role.VIEWER,
        Role.SUBMITTER,
        Role.OPERATOR,
    ]


def test_someone_who_was_shut_out_may_nothing() -> None:
    assert not User(username="x", role=Role.ADMIN, is_active=False).may(Role.VIEWER)


def test_the_database_refuses_a_role_that_does_not_exist() -> None:
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET role = 'god' WHERE id = %s", [user().pk])


def test_a_name_is_taken_once() -> None:
    user("ann")
    with pytest.raises(ValidationError):
        user("ann")
