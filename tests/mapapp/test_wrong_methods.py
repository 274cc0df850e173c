"""An address that only takes forms says so to people; programs have the bare answer."""

import pytest

from tests.factories import make_user
from tests.pages import text_of

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TITLE = "Diese Adresse lässt sich nicht öffnen"


def test_who_opens_it_sees_a_page(client, db):
    response = client.get("/accounts/logout/", headers=PAGE)

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert TITLE in text_of(response)


def test_who_is_signed_in_too(client, db):
    client.force_login(make_user())
    assert TITLE in text_of(client.get("/accounts/logout/", headers=PAGE))


def test_who_sends_to_a_page_that_takes_nothing(client, db):
    response = client.post("/about/easy/", headers=PAGE)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert TITLE in text_of(response)


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "text/plain"}])
def test_programs_have_the_bare_answer(client, db, headers):
    response = client.get("/accounts/logout/", headers=headers)

    assert (response.status_code, response.content) == (405, b"")


def test_an_answer_with_words_stays(client, db):
    response = client.post("/ogc/v1/collections", headers=PAGE)

    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
