"""People and their secrets for tests."""

from accounts.codes import make_code
from accounts.models import User
from accounts.roles import Role
from accounts.tokens import make_token


def user(username: str = "ann", role: Role = Role.SUBMITTER) -> User:
    return User.objects.create_user(username, role)


def admin(username: str = "owner") -> User:
    return user(username, Role.ADMIN)


def bearer(person: User) -> dict[str, str]:
    """Headers of a program that acts for `person`."""
    return {"Authorization": f"Bearer {make_token(person, 'test')}"}


def code(person: User) -> str:
    return make_code(person)
