"""The admin and the CMS answer 400 to what nobody can have typed, and never 500."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DataError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from mapapp.garbled import RefuseGarbledRequests
from tests.factories import make_district, make_pin, make_user

HUGE = "9223372036854775808"
ASKED = [
    "/admin/pins/pin/?visibility__exact=%00",
    "/admin/pins/pin/?visibility__exact=published%00",
    "/admin/auth/user/?q=%00",
    "/admin/auth/user/?date_joined__year=9223372036854775807",
    "/admin/autocomplete/?term=%00&app_label=insek&model_name=measure&field_name=goals",
    "/cms/pages/?q=%00",
    "/cms/images/?q=a%00b",
    "/cms/%00/",
]


@pytest.fixture
def chief(db: None) -> User:
    return make_user("chef", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("address", ASKED)
def test_what_makes_no_sense_is_refused(
    client: Client, chief: User, address: str
) -> None:
    client.force_login(chief)

    response = client.get(address)

    assert response.status_code in {200, 302, 400, 403, 404}, address


def test_what_is_sent_is_explained_at_its_field(client: Client, chief: User) -> None:
    client.force_login(chief)

    response = client.post("/admin/auth/group/add/", {"name": "a\0b"})

    assert response.status_code == 200
    assert "name" in response.context["adminform"].form.errors


def test_other_words_go_through(client: Client, chief: User) -> None:
    make_district(16)
    make_pin()
    client.force_login(chief)

    assert client.get("/admin/pins/pin/?q=Zebrastreifen").status_code == 200
    assert client.get("/cms/pages/?q=Zebrastreifen").status_code == 200


def raised(address: str, fault: Exception, rf: RequestFactory) -> Any:
    guard = RefuseGarbledRequests(lambda _request: HttpResponse())
    return guard.process_exception(rf.get(address), fault)


def test_a_fault_of_a_value_is_a_bad_request(rf: RequestFactory) -> None:
    for fault in (ValueError("x"), OverflowError("x"), DataError("x")):
        assert raised("/cms/pages/", fault, rf).status_code == 400


def test_our_own_faults_stay_what_they_are(rf: RequestFactory) -> None:
    assert raised("/planning/", ValueError("x"), rf) is None
    assert raised("/cms/pages/", KeyError("x"), rf) is None
