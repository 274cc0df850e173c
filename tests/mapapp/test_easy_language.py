"""The page in Easy Language: found from everywhere, in short sentences."""

import re

import pytest

from tests.pages import links_of

pytestmark = pytest.mark.django_db
# The rules of Easy Language: one statement in a sentence.
WORDS_AT_MOST = 16


def test_every_page_leads_to_it(client):
    assert "/about/easy/" in {link.get("href") for link in links_of(client.get("/"))}
    page = client.get("/about/accessibility/")
    assert "/about/easy/" in {link.get("href") for link in links_of(page)}


@pytest.mark.parametrize("address", ["/about/easy/", "/en/about/easy/"])
def test_its_sentences_are_short(client, address):
    page = client.get(address)
    assert page.status_code == 200
    main = re.search(r"<main.*?</main>", page.content.decode(), re.DOTALL)
    assert main is not None
    words = re.sub(r"<(p|li|h\d|br)\b[^>]*>", " . ", main[0])
    words = re.sub(r"<[^>]+>", "", words)
    sentences = re.split(r"[.:!?]", words)
    long = [one for one in sentences if len(one.split()) > WORDS_AT_MOST]
    assert long == []


def test_only_reading(client):
    assert client.post("/about/easy/").status_code == 405
