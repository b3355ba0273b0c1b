"""People, and the two secrets by which they are known: personal API tokens and one-use sign-in codes."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from accounts.roles import Role


class UserManager(BaseUserManager["User"]):
    """Finds and makes users by name."""

    def create_user(self, username: str, role: Role = Role.VIEWER) -> "User":
        """Make a user without a password: people sign in by link."""
        user = self.model(username=username, role=role)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who may use this Jobdeck; `role` says for what."""

    username = models.CharField(max_length=150, unique=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        db_table = "accounts_user"
        constraints = [models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_user_role")]

    def may(self, role: Role) -> bool:
        """Say whether this person has `role` or a higher one."""
        return self.is_active and Role(self.role).includes(role)


class ApiToken(models.Model):
    """A personal token for programs. Only its hash is kept: it is random, so SHA-256 suffices."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_apitoken"

    def __str__(self) -> str:
        return self.name

    def is_valid_at(self, moment: datetime) -> bool:
        """Say whether the token may still be used at `moment`."""
        return self.expires_at is None or moment < self.expires_at


class SignInCode(models.Model):
    """A code that signs its user in once, within minutes; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signin_codes")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_signincode"

    def __str__(self) -> str:
        return f"code that expires at {self.expires_at:%H:%M}"
