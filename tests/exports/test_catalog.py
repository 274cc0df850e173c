"""The catalogue: what DCAT-AP.de 3.0 and its conventions demand, and what is true of it."""

import datetime
import json
from urllib.parse import urldefrag, urlsplit

import pytest
from django.conf import settings
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from districts.models import District
from exports.catalog import graph
from exports.files.formats import FORMATS
from insek.numbers.figures import FIGURES
from pins.workflow import Visibility
from tests.factories import make_body, make_goal, make_measure, make_pin, make_sitting

DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority"
BASE = "http://testserver"
FORMS = {
    "ttl": ("text/turtle", "turtle"),
    "rdf": ("application/rdf+xml", "xml"),
    "jsonld": ("application/ld+json", "json-ld"),
}
DATASETS = ("contributions", "districts", "sittings", "measures", "numbers")


@pytest.fixture
def filled(pin):
    sitting = make_sitting(make_body("Stadtrat", kind="council"))
    make_measure("M 1", make_goal("2.1"))
    return sitting


def read(client, ending="ttl"):
    response = client.get(f"/catalog.{ending}")
    assert response.status_code == 200
    media_type, form = FORMS[ending]
    assert response["Content-Type"] == f"{media_type}; charset=utf-8"
    return Graph().parse(data=response.content, format=form)


def of(name):
    return URIRef(f"{BASE}/catalog#{name}")


def subjects(found, kind):
    return sorted(found.subjects(RDF.type, kind))


def texts(found, subject, predicate):
    return {text.language: str(text) for text in found.objects(subject, predicate)}


# The reader of JSON-LD in rdflib itself uses what rdflib has put out of use.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_the_three_forms_say_the_same(client, filled):
    turtle, xml, json_ld = (read(client, ending) for ending in FORMS)

    assert len(turtle) > 200
    assert isomorphic(turtle, xml)
    assert isomorphic(turtle, json_ld)


def test_the_catalogue_lists_all_datasets(client, filled):
    found = read(client)

    (catalogue,) = subjects(found, DCAT.Catalog)
    assert set(found.objects(catalogue, DCAT.dataset)) == {of(n) for n in DATASETS}
    assert set(subjects(found, DCAT.Dataset)) == {of(n) for n in DATASETS}
    assert set(texts(found, catalogue, DCTERMS.title)) == {"de", "en"}
    assert set(texts(found, catalogue, DCTERMS.description)) == {"de", "en"}
    assert len(list(found.objects(catalogue, DCTERMS.publisher))) == 1
    assert found.value(catalogue, DCAT.themeTaxonomy) == URIRef(f"{EU}/data-theme")


def test_each_dataset_has_what_is_demanded(client, filled):
    found = read(client)

    for dataset in subjects(found, DCAT.Dataset):
        for predicate in (
            *(DCTERMS.publisher, DCTERMS.identifier, DCTERMS.modified),
            *(DCTERMS.accrualPeriodicity, DCTERMS.accessRights, DCATDE.contributorID),
            *(DCATDE.politicalGeocodingURI, DCATDE.politicalGeocodingLevelURI),
            *(DCAT.contactPoint, DCAT.landingPage),
        ):
            assert len(list(found.objects(dataset, predicate))) == 1, (
                dataset,
                predicate,
            )
        for predicate in (DCTERMS.title, DCTERMS.description, DCAT.keyword):
            said = [t.language for t in found.objects(dataset, predicate)]
            assert set(said) == {"de", "en"}
        assert list(found.objects(dataset, DCAT.distribution))
        assert found.value(dataset, DCTERMS.identifier) == Literal(str(dataset))


def test_words_come_from_the_lists_that_are_prescribed(client, filled):
    found = read(client)

    municipality = URIRef(
        "http://dcat-ap.de/def/politicalGeocoding/municipalityKey/07312000"
    )
    for dataset in subjects(found, DCAT.Dataset):
        themes = set(found.objects(dataset, DCAT.theme))
        assert themes
        assert themes <= {
            URIRef(f"{EU}/data-theme/{name}") for name in ("REGI", "GOVE")
        }
        assert found.value(dataset, DCTERMS.accrualPeriodicity) in {
            URIRef(f"{EU}/frequency/{name}") for name in ("UPDATE_CONT", "IRREG")
        }
        assert found.value(dataset, DCATDE.politicalGeocodingURI) == municipality
        assert municipality in set(found.objects(dataset, DCTERMS.spatial))
        assert str(found.value(dataset, DCATDE.contributorID)).startswith(
            "http://dcat-ap.de/def/contributors/"
        )


def test_each_distribution_has_terms_and_an_address(client, filled):
    found = read(client)

    distributions = subjects(found, DCAT.Distribution)
    assert len(distributions) > 10
    for node in distributions:
        terms = list(found.objects(node, DCTERMS.license))
        assert terms == [URIRef("http://dcat-ap.de/def/licenses/dl-by-de/2.0")]
        source = found.value(node, DCATDE.licenseAttributionByText)
        assert str(source) == settings.SITE_NAME
        assert len(list(found.objects(node, DCAT.accessURL))) == 1
        assert set(texts(found, node, DCTERMS.title)) == {"de", "en"}
        for kind in found.objects(node, DCTERMS["format"]):
            assert str(kind).startswith(f"{EU}/file-type/")
        for kind in found.objects(node, DCAT.mediaType):
            assert str(kind).startswith("https://www.iana.org/assignments/media-types/")
        assert found.value(node, DCATAP.availability) is not None


def test_a_licence_that_names_nobody_asks_for_no_name(client, filled, settings):
    settings.LICENCE_URL = "https://www.govdata.de/dl-de/zero-2-0"

    found = read(client)

    assert not list(found.objects(None, DCATDE.licenseAttributionByText))
    assert set(found.objects(None, DCTERMS.license)) == {
        URIRef("http://dcat-ap.de/def/licenses/dl-zero-de/2.0")
    }


def test_there_is_somebody_to_write_to(client, filled, settings):
    settings.PUBLISHER = "Stadt Muster"
    settings.PUBLISHER_URL = "https://muster.example"
    settings.DATA_CONTACT = "daten amt@muster.example"

    found = read(client)

    contact, publisher = of("contact"), of("publisher")
    address = URIRef("mailto:daten%20amt@muster.example")
    assert (contact, VCARD.hasEmail, address) in found
    assert (contact, VCARD.hasURL, URIRef(f"{BASE}/about/imprint/")) in found
    assert (publisher, RDF.type, FOAF.Agent) in found
    assert str(found.value(publisher, FOAF.name)) == "Stadt Muster"
    assert (publisher, FOAF.homepage, URIRef("https://muster.example")) in found


def test_every_format_of_the_files_is_listed(client, filled):
    found = read(client)

    listed = {str(address) for address in found.objects(None, DCAT.downloadURL)}
    files = {f"{BASE}/exports/pins.{extension}" for extension in FORMATS}
    tables = {f"{BASE}/insek/numbers/{name}.csv" for name in FIGURES}
    assert files | tables <= listed
    assert f"{BASE}/map/districts.geojson" in listed
    geojson = of("contributions-exports-pins-geojson")
    assert found.value(geojson, DCTERMS["format"]) == URIRef(f"{EU}/file-type/GEOJSON")


def test_every_address_in_it_answers(client, filled):
    found = read(client)

    own = {
        urldefrag(term).url
        for triple in found
        for term in triple
        if isinstance(term, URIRef) and term.startswith(f"{BASE}/")
    }
    for address in sorted(own):
        response = client.get(urlsplit(address).path, follow=True)
        assert response.status_code == 200, address
        assert response.getvalue()


def test_services_say_where_they_begin_and_what_they_serve(client, filled):
    found = read(client)

    begins = {
        str(found.value(service, DCAT.endpointURL)): service
        for service in subjects(found, DCAT.DataService)
    }
    assert set(begins) == {
        f"{BASE}/ogc/v1",
        f"{BASE}/oparl/v1/",
        f"{BASE}/open311/v2/",
    }
    service = begins[f"{BASE}/ogc/v1"]
    assert found.value(service, DCTERMS.publisher) == of("publisher")
    assert (of("catalogue"), DCAT.service, service) in found
    served = set(found.objects(service, DCAT.servesDataset))
    assert of("contributions") in served
    for dataset in served:
        by_service = [
            node
            for node in found.objects(dataset, DCAT.distribution)
            if (node, DCAT.accessService, service) in found
        ]
        assert len(by_service) == 1


def test_it_says_since_when_and_how_fresh(client, city):
    moment = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)
    make_pin(published_at=moment)
    later = moment + datetime.timedelta(days=9)
    make_pin(published_at=later)
    make_pin(visibility=Visibility.HIDDEN, published_at=moment.replace(year=2025))

    found = read(client)

    node = of("contributions")
    assert found.value(node, DCTERMS.issued).toPython() == moment
    modified = found.value(node, DCTERMS.modified).toPython()
    assert modified >= later
    period = found.value(node, DCTERMS.temporal)
    start = found.value(period, DCAT.startDate)
    assert start == Literal(moment.date(), datatype=XSD.date)
    districts = found.value(of("districts"), DCTERMS.modified)
    assert districts == Literal(datetime.date(2004, 7, 1), datatype=XSD.date)


def test_a_city_without_anything_has_a_catalogue_all_the_same(client, db):
    assert not District.objects.exists()

    found = read(client)

    assert (of("catalogue"), DCAT.dataset, of("contributions")) in found
    assert found.value(of("contributions"), DCTERMS.modified) is None
    assert found.value(of("catalogue"), DCTERMS.modified) is None
    assert not list(found.objects(None, DCAT.bbox))


def test_the_place_of_the_city_is_a_box(client, filled):
    found = read(client)

    boxes = {str(box) for box in found.objects(None, DCAT.bbox)}
    assert len(boxes) == 1
    assert boxes.pop().startswith("POLYGON((7.")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.1", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("*/*", "text/turtle"),
        (None, "text/turtle"),
    ],
)
def test_programs_get_the_form_that_they_read(client, filled, accept, expected):
    headers = {"Accept": accept} if accept else {}

    response = client.get("/catalog", headers=headers)

    assert response.status_code == 200
    assert response["Content-Type"].startswith(expected)
    assert "Accept" in response["Vary"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_browsers_are_led_to_the_page(client, filled):
    response = client.get(
        "/catalog", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    )

    assert response.status_code == 303
    assert response["Location"] == "/exports/"


def test_who_reads_no_rdf_is_told(client, filled):
    response = client.get("/catalog", headers={"Accept": "image/png"})

    assert response.status_code == 406
    assert response["Content-Type"] == "application/problem+json"
    assert "text/turtle" in response.json()["detail"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/catalog.xml", 404),
        ("/catalog.ttl.", 404),
        ("/catalog.%00", 404),
        ("/catalog.ttl?page=2", 400),
        ("/catalog.ttl?x=%00", 400),
    ],
)
def test_what_makes_no_sense_is_refused(client, filled, address, status):
    response = client.get(address)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/catalog", "/catalog.ttl"])
def test_only_reading(client, db, address):
    assert client.post(address).status_code == 405


def test_it_is_made_once_and_again_when_something_changes(client, filled, monkeypatch):
    first = client.get("/catalog.ttl")
    again = client.get("/catalog.ttl", headers={"If-None-Match": first["ETag"]})
    make_pin(title="Noch ein Anliegen")
    changed = client.get("/catalog.ttl", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    before = graph.document.cache_info().hits
    client.get("/catalog.ttl")
    assert graph.document.cache_info().hits == before + 1


def test_files_are_not_of_the_list_where_it_has_none(client, filled):
    found = read(client)

    node = of("contributions-exports-pins-fgb")
    assert found.value(node, DCAT.accessURL) is not None
    assert found.value(node, DCTERMS["format"]) is None
    assert found.value(node, DCAT.mediaType) is None


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("/exports/", "/exports/pins.geojson"),
        ("/en/exports/", "/exports/pins.geojson"),
        ("/districts/hohenecken/", "/districts/hohenecken/pins.geojson"),
    ],
)
def test_pages_describe_their_data_to_search_engines(client, pin, settings, page, file):
    settings.PUBLISHER_URL = "https://muster.example"

    data = dataset_of(client.get(page))

    assert data["@context"] == "https://schema.org"
    assert data["license"] == settings.LICENCE_URL
    assert data["creator"]["url"] == "https://muster.example"
    files = {d["contentUrl"]: d["encodingFormat"] for d in data["distribution"]}
    assert files[f"{BASE}{file}"] == "application/geo+json"
    assert len(files) == len(FORMATS)
    assert 50 <= len(data["description"]) <= 5000
    assert data["url"] == f"{BASE}{page}"
    assert data["inLanguage"] == ("en" if page.startswith("/en/") else "de")


def test_names_cannot_end_the_block(client, pin, settings):
    settings.PUBLISHER = "</script><script>alert(1)</script>"
    settings.PUBLISHER_URL = ""

    response = client.get("/exports/")

    assert dataset_of(response)["publisher"] == {
        "@type": "GovernmentOrganization",
        "name": settings.PUBLISHER,
    }
    assert "<script>alert" not in response.content.decode()


def dataset_of(response):
    blocks = response.content.decode().split('<script type="application/ld+json">')
    found = [json.loads(block.partition("</script>")[0]) for block in blocks[1:]]
    (data,) = [block for block in found if block["@type"] == "Dataset"]
    return data
