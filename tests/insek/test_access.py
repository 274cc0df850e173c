"""Who acts on the process is one who may, whatever the view before it checked."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from insek.access import get_editor, get_planner
from tests.factories import make_editor, make_planner, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("get", "make", "make_other"),
    [(get_editor, make_editor, make_planner), (get_planner, make_planner, make_editor)],
)
def test_only_who_has_the_right_acts(get, make, make_other):
    user = make()
    assert get(user) is user
    for other in (AnonymousUser(), make_user("lou"), make_other()):
        with pytest.raises(PermissionDenied):
            get(other)
