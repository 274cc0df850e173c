"""The catalogue held against the shapes of DCAT-AP and DCAT-AP.de by pySHACL."""

import json
import re
from pathlib import Path

import pytest

from tests.conformance.clients import python

pytestmark = pytest.mark.conformance
SHAPES = Path(__file__).with_name("dcat_ap_de.ttl")
FORMS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
PYSHACL = """
import json, sys
from pyshacl import validate
shapes, *documents = sys.argv[1:]
found = []
for document in documents:
    form, _, path = document.partition(":")
    conforms, _graph, text = validate(
        path, data_graph_format=form, shacl_graph=shapes, meta_shacl=not found
    )
    found.append([conforms, text])
print(json.dumps(found))
"""
# What is written otherwise, and what the report then names.
FAULTS = [
    ("def/licenses/dl-by-de/2.0", "def/other/dl-by-de/2.0", "license"),
    ("def/contributors/", "def/nobody/", "contributorID"),
    ("authority/file-type/CSV", "authority/csv", "format"),
    ("vcard:hasEmail|vcard:hasURL", "vcard:note", "hasEmail"),
    ("a foaf:Agent", "a foaf:Person", "publisher"),
    ("dcatde:licenseAttributionByText", "dcatde:note", "licenseAttributionByText"),
]


def test_the_catalogue_conforms_in_each_form(site, client, tmp_path):
    documents = []
    for ending, form in FORMS.items():
        path = tmp_path / f"catalog.{ending}"
        path.write_bytes(client.get(f"/{path.name}").content)
        documents.append(f"{form}:{path}")

    found = json.loads(python(PYSHACL, str(SHAPES), *documents))

    assert len(found) == 3
    assert all(conforms for conforms, _text in found), found


def test_a_wrong_catalogue_would_be_found_out(site, client, tmp_path):
    right = client.get("/catalog.ttl").content.decode()
    documents = []
    for number, (written, instead, _named) in enumerate(FAULTS):
        wrong, count = re.subn(written, instead, right)
        assert count
        path = tmp_path / f"{number}.ttl"
        path.write_text(wrong)
        documents.append(f"turtle:{path}")

    found = json.loads(python(PYSHACL, str(SHAPES), *documents))

    for (conforms, text), (_written, _instead, named) in zip(
        found, FAULTS, strict=True
    ):
        assert not conforms
        assert named in text
