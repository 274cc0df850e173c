"""A body beyond the limit is answered before it is read."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission

from tests.factories import make_body, make_member, make_user

LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.parametrize(
    ("length", "status"),
    [(LIMIT + 1, 413), ("9" * 30, 413), (LIMIT, 403), ("", 403), ("viel", 403)],
)
def test_by_the_length_that_is_announced(client, length, status):
    client.handler.enforce_csrf_checks = True

    response = client.generic(
        "POST", "/healthz", b"x", "text/plain", CONTENT_LENGTH=length
    )

    assert response.status_code == status


def staff(*codenames, **fields):
    user = make_user("staff", **{"is_staff": True} | fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def announce(client, path, length):
    return client.generic("POST", path, b"x", "text/plain", CONTENT_LENGTH=length)


OVERLAYS = ["/admin/layers/overlay/add/", "/admin/layers/overlay/7/change/"]
FILE = settings.OVERLAY_UPLOAD_BYTES


@pytest.mark.parametrize("path", OVERLAYS)
@pytest.mark.parametrize("right", ["add_overlay", "change_overlay"])
def test_who_publishes_overlays_sends_files(client, db, path, right):
    client.force_login(staff(right))

    assert announce(client, path, FILE).status_code != 413
    assert announce(client, path, FILE + LIMIT + 1).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/admin/layers/overlay/",
        "/admin/layers/overlay/add/x",
        "/admin/layers/overlay/x/change/",
        "/admin/layers/theme/add/",
        "/admin/login/",
        "/x/admin/layers/overlay/add/",
    ],
)
def test_they_do_so_nowhere_else(client, db, path):
    client.force_login(staff("add_overlay", "change_overlay"))

    assert announce(client, path, FILE).status_code == 413


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda: None, 401),
        (lambda: make_user("resident"), 413),
        (lambda: make_member(make_body()), 413),
        (lambda: staff("moderate_pin"), 413),
        (lambda: staff("add_overlay", is_staff=False), 413),
        (lambda: staff("add_overlay", is_active=False), 401),
    ],
    ids=["visitor", "resident", "council", "other staff", "no staff", "retired"],
)
def test_nobody_else_does(client, db, who, status):
    user = who()
    if user:
        client.force_login(user)

    for path in OVERLAYS:
        assert announce(client, path, FILE).status_code == status


@pytest.mark.parametrize("path", ["/open311/v2/requests.json", "/ogc/v1/collections"])
def test_programs_are_told_as_they_read_it(client, path):
    response = announce(client, path, LIMIT + 1)

    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]


@pytest.mark.parametrize(("prefix", "language"), [("", "de"), ("/en", "en")])
def test_people_in_the_language_of_the_page(client, prefix, language):
    response = announce(client, f"{prefix}/about/privacy/", LIMIT + 1)

    assert response.status_code == 413
    assert f'<html lang="{language}"' in response.content.decode()
