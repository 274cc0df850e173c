"""OGC API Features as its abstract tests, OWSLib and a tester of APIs see it."""

import json

import pytest

from tests.conformance.clients import program, python, run

pytestmark = pytest.mark.conformance
# Its own configuration: ours would look for plugins that are not there. And its own client
# has no patience with a busy machine.
ABSTRACT_TESTS = """
import sys
import httpx
from ogctests.main import run_ogctests
flags = ["-q", "-rfE", "-p", "no:cacheprovider", "-c", "/dev/null"]
with httpx.Client(base_url=sys.argv[1], timeout=60) as client:
    status = run_ogctests(
        "features/core", instance_url=sys.argv[1], flags=flags, test_client=client
    )
sys.exit(status)
"""
OWSLIB = """
import sys
from owslib.ogcapi.features import Features
service = Features(sys.argv[1])
print(*service.feature_collections())
box = [7.5, 49.0, 8.0, 50.0]
print(len(service.collection_items("pins", limit=5, bbox=box)["features"]))
print(len(service.collection_items("pins", filter="theme='energy'")["features"]))
print(sorted(service.collection_queryables("pins")["properties"])[0])
"""
# Text that the description calls a text need not be a condition, a period, or a cursor;
# and a cursor forbids an offset, which OpenAPI cannot say.
SETTINGS = """
[[operations]]
include-name-regex = "/items$"
[operations.checks]
positive_data_acceptance.enabled = false
"""


def test_all_abstract_tests_of_the_core_pass(service):
    assert "29 passed" in python(ABSTRACT_TESTS, service)


def test_owslib_reads_it(service):
    collections, found, kept, first = python(OWSLIB, service).splitlines()

    assert collections == "pins districts measures resolutions"
    assert (found, kept, first) == ("5", "1", "body")


def test_whatever_is_asked_the_answer_is_as_described(service, description, tmp_path):
    """Schemathesis tries what the description allows and forbids, and each method."""
    described, settings = tmp_path / "api.json", tmp_path / "schemathesis.toml"
    described.write_text(json.dumps(description))
    settings.write_text(SETTINGS)
    options = ["--max-examples", "10", "--seed", "1", "--no-color"]

    said = run(
        [
            *(program("schemathesis"), "--config-file", settings, "run", described),
            *("--url", service, *options),
        ]
    )

    assert "Selected: 23/23" in said
    assert "Tested: 23" in said


@pytest.fixture
def description(service, client):
    """The description with an id of each collection, and without the largest limit.

    Part 1 wants a limit above the largest one cut to it, not refused.
    """
    found = client.get("/ogc/v1/api", {"f": "json"}).json()
    for path, item in found["paths"].items():
        parameters = item["get"]["parameters"]
        for position, parameter in enumerate(parameters):
            if parameter.get("name") == "limit":
                del parameter["schema"]["maximum"]
            elif parameter.get("$ref", "").endswith("/featureId"):
                items = client.get(f"/ogc/v1{path.rpartition('/')[0]}").json()
                shared = found["components"]["parameters"]["featureId"]
                first = items["features"][0]["id"]
                parameters[position] = shared | {"example": first}
    return found
