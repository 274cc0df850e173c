"""What staff may do by a permission: each package declares its rights in its `rights.py`.

Which role has which right stands in `staff.roles`; the seats of bodies have a table of
their own (`councils.rights`), since those rights end at the border of a body.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Right:
    """An action on a kind of thing. `permissions` are Django's, `app.codename`."""

    does: Words
    to: Words
    permissions: tuple[str, ...]

    @property
    def permission(self) -> str:
        """The first permission: the one that pages ask for."""
        return self.permissions[0]

    def held_by(self, user: User | AnonymousUser) -> bool:
        """Tell whether somebody has the right. No query after the first of a request."""
        return user.has_perm(self.permission)
