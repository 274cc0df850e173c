"""District councils, and who has signed in at their desks."""

import pytest

from tests.factories import make_body, make_district, make_member


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, name="Westdorf", body=body)
    return body


@pytest.fixture
def east(db):
    body = make_body("Ortsbeirat Ost")
    make_district(17, name="Ostdorf", body=body)
    return body


@pytest.fixture
def anna(west):
    return make_member(west, "anna")


@pytest.fixture
def desk(client, anna):
    client.force_login(anna)
    return client


@pytest.fixture
def clerk(client, body):
    """Sign a clerk in, at the `body` of the module that asks."""
    client.force_login(make_member(body, "clara", role="clerk"))
    return client
