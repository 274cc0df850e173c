"""The Atom feeds as feedparser sees them."""

import json

import pytest

from tests.conformance.clients import python

pytestmark = pytest.mark.conformance
FEEDPARSER = """
import json, sys
import feedparser
said = []
for address in sys.argv[1:]:
    found = feedparser.parse(address)
    said.append({
        "bozo": bool(found.bozo),
        "version": found.version,
        "language": found.feed.language,
        "self": [link.href for link in found.feed.links if link.rel == "self"],
        "ids": [entry.id for entry in found.entries],
        "titles": [entry.title for entry in found.entries],
        "is_dated": all(entry.updated_parsed for entry in found.entries),
        "links": [entry.link for entry in found.entries],
    })
print(json.dumps(said))
"""
# How many entries each has.
FEEDS = {
    "/feeds/pins.atom": 7,
    "/feeds/districts/hohenecken.atom": 6,
    "/feeds/themes/energy.atom": 1,
    "/feeds/bodies/ortsbeirat-hohenecken/pins.atom": 6,
    "/feeds/bodies/ortsbeirat-hohenecken.atom": 1,
    "/feeds/sittings.atom": 1,
    "/feeds/news.atom": 0,
}


def test_feedparser_reads_each_feed(site):
    said = json.loads(python(FEEDPARSER, *(f"{site}{path}" for path in FEEDS)))

    for found, (path, entries) in zip(said, FEEDS.items(), strict=True):
        assert not found["bozo"]
        assert (found["version"], found["language"]) == ("atom10", "de")
        assert found["self"] == [f"{site}{path}"]
        assert len(found["ids"]) == len(set(found["ids"])) == entries
        assert all(identity.startswith("tag:") for identity in found["ids"])
        assert found["is_dated"]
        assert all(link.startswith(site) for link in found["links"])
    assert said[2]["titles"] == ["Solardach & <Schule>"]
