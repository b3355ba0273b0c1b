"""What a person may do. Each role may do all that the ones before it may."""

from django.db import models


class Role(models.TextChoices):
    """Roles from the least to the most: the order of the members is their rank."""

    VIEWER = "viewer", "Viewer: sees jobs"
    SUBMITTER = "submitter", "Submitter: submits jobs and controls their own"
    OPERATOR = "operator", "Operator: controls any job"
    ADMIN = "admin", "Admin: everything"

    def includes(self, other: "Role") -> bool:
        """Say whether this role may do all that `other` may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS = {role: rank for rank, role in enumerate(Role)}
