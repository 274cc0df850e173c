"""The catalogue as one graph of RDF, and the documents that it is written in.

Only who writes a catalogue imports this: rdflib takes its time and its memory.
"""

import datetime
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD
from rdflib.term import Node

from exports.catalog import vocabulary
from exports.catalog.datasets import Dataset, File
from exports.catalog.description import Description
from exports.services import Service, Standard

DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
GEOSPARQL = Namespace("http://www.opengis.net/ont/geosparql#")
# What rdflib calls the forms, by the ending of the document.
FORMS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


@lru_cache(maxsize=2 * len(FORMS))
def document(description: Description, ending: str) -> bytes:
    """Return the catalogue in one of the forms; the same as long as it says the same."""
    graph = _Writer(description).write()
    return graph.serialize(format=FORMS[ending], encoding="utf-8")


class _Writer:
    """Writes a description into a graph."""

    def __init__(self, description: Description) -> None:
        self.about = description
        self.graph = Graph()
        self.graph.bind("dcatde", DCATDE)
        self.graph.bind("dcatap", DCATAP)
        self.graph.bind("vcard", VCARD)
        self.publisher = self.of_catalogue("publisher")
        self.contact = self.of_catalogue("contact")

    def write(self) -> Graph:
        self._write_agents()
        german, english = self.about.german, self.about.english
        for datasets in zip(german.datasets, english.datasets, strict=True):
            self._write_dataset(*datasets)
        for one, other in zip(german.services, english.services, strict=True):
            if one.standard:
                self._write_service(one, other, one.standard)
        self._write_catalogue()
        return self.graph

    def address(self, path: str) -> URIRef:
        return URIRef(f"{self.about.base_url}{path}")

    def of_catalogue(self, name: str) -> URIRef:
        """Return the name of a part of the catalogue; its address answers."""
        return self.address(f"{reverse('catalog')}#{name}")

    def add(self, subject: Node, predicate: URIRef, *values: Node | None) -> None:
        for value in values:
            if value is not None:
                self.graph.add((subject, predicate, value))

    def add_texts(self, subject: Node, predicate: URIRef, **texts: str) -> None:
        """Say a text in each language by its code."""
        self.add(
            subject, predicate, *(Literal(t, lang=code) for code, t in texts.items())
        )

    def _write_agents(self) -> None:
        about = self.about
        self.add(self.publisher, RDF.type, FOAF.Organization, FOAF.Agent)
        self.add(self.publisher, FOAF.name, Literal(about.publisher, lang="de"))
        if about.publisher_url:
            self.add(self.publisher, FOAF.homepage, URIRef(about.publisher_url))
        self.add(self.contact, RDF.type, VCARD.Organization, VCARD.Kind)
        self.add(self.contact, VCARD.fn, Literal(about.publisher))
        address = URIRef(f"mailto:{quote(about.contact, safe='@+')}")
        self.add(self.contact, VCARD.hasEmail, address)
        self.add(self.contact, VCARD.hasURL, self.address(reverse("imprint")))

    def _write_catalogue(self) -> None:
        catalogue = self.of_catalogue("catalogue")
        self.add(catalogue, RDF.type, DCAT.Catalog)
        for code, _words in self.about.both():
            with translation.override(code):
                title = _("Open data: %(site)s") % {"site": self.about.site_name}
                text = _("The open data of participation and of the city’s bodies.")
            self.add_texts(catalogue, DCTERMS.title, **{code: title})
            self.add_texts(catalogue, DCTERMS.description, **{code: text})
        self.add(catalogue, DCTERMS.publisher, self.publisher)
        self.add(catalogue, FOAF.homepage, self.address(reverse("exports:index")))
        self.add(catalogue, DCTERMS.license, URIRef(self.about.licence.uri))
        self.add(catalogue, DCAT.themeTaxonomy, URIRef(vocabulary.THEMES))
        self.add(
            catalogue, DCTERMS.language, *map(URIRef, vocabulary.LANGUAGES.values())
        )
        self._write_place(catalogue)
        for dataset in self.about.german.datasets:
            self.add(catalogue, DCAT.dataset, self.of_catalogue(dataset.name))
        for service in self.about.german.services:
            if service.standard:
                name = self.of_catalogue(service.standard.name)
                self.add(catalogue, DCAT.service, name)
        changes = [_day(d.modified) for d in self.about.german.datasets if d.modified]
        if changes:
            self.add(
                catalogue, DCTERMS.modified, Literal(max(changes), datatype=XSD.date)
            )

    def _write_place(self, subject: URIRef) -> None:
        key = URIRef(f"{vocabulary.MUNICIPALITY}/{self.about.municipality}")
        self.add(subject, DCTERMS.spatial, key)
        self.add(key, RDF.type, DCTERMS.Location)
        if self.about.bounds:
            place = BNode(f"{subject.rpartition('#')[2]}-place")
            self.add(subject, DCTERMS.spatial, place)
            self.add(place, RDF.type, DCTERMS.Location)
            box = Literal(_polygon(self.about.bounds), datatype=GEOSPARQL.wktLiteral)
            self.add(place, DCAT.bbox, box)

    def _write_dataset(self, german: Dataset, english: Dataset) -> None:
        node = self.of_catalogue(german.name)
        self.add(node, RDF.type, DCAT.Dataset)
        self.add_texts(node, DCTERMS.title, de=german.title, en=english.title)
        self.add_texts(
            node, DCTERMS.description, de=german.description, en=english.description
        )
        for code, dataset in (("de", german), ("en", english)):
            words = sorted(set(dataset.keywords))
            self.add(node, DCAT.keyword, *(Literal(w, lang=code) for w in words))
        self.add(node, DCTERMS.identifier, Literal(str(node)))
        self._write_common(node)
        self.add(node, DCAT.theme, *_named(vocabulary.THEMES, german.themes))
        self.add(node, DCAT.landingPage, self.address(german.page))
        self.add(
            node,
            DCTERMS.accrualPeriodicity,
            URIRef(f"{vocabulary.FREQUENCIES}/{german.frequency}"),
        )
        self.add(node, DCTERMS.language, URIRef(vocabulary.LANGUAGES["de"]))
        self.add(node, DCTERMS.issued, _moment(german.issued))
        self.add(node, DCTERMS.modified, _moment(german.modified))
        self._write_time(node, german)
        self._write_geocoding(node)
        for files in zip(german.files, english.files, strict=True):
            self._write_file(node, *files)

    def _write_common(self, node: URIRef) -> None:
        """Say of a dataset or a service who publishes it and hands it on."""
        self.add(node, DCTERMS.publisher, self.publisher)
        self.add(node, DCAT.contactPoint, self.contact)
        if self.about.contributor:
            self.add(node, DCATDE.contributorID, URIRef(self.about.contributor))
        self.add(node, DCTERMS.accessRights, URIRef(vocabulary.PUBLIC))

    def _write_time(self, node: Node, dataset: Dataset) -> None:
        if dataset.since is None:
            return
        period = BNode(f"{dataset.name}-time")
        self.add(node, DCTERMS.temporal, period)
        self.add(period, RDF.type, DCTERMS.PeriodOfTime)
        start = Literal(_day(dataset.since), datatype=XSD.date)
        self.add(period, DCAT.startDate, start)

    def _write_geocoding(self, node: URIRef) -> None:
        key = URIRef(f"{vocabulary.MUNICIPALITY}/{self.about.municipality}")
        self.add(node, DCATDE.politicalGeocodingURI, key)
        self.add(node, DCATDE.politicalGeocodingLevelURI, URIRef(vocabulary.LEVEL))
        self.add(node, DCATDE.geocodingDescription, Literal(self.about.city_name))
        self._write_place(node)

    def _write_file(self, dataset: URIRef, german: File, english: File) -> None:
        node = URIRef(f"{dataset}-{_key(german.path)}")
        self.add(dataset, DCAT.distribution, node)
        address = self.address(german.path)
        self.add(node, RDF.type, DCAT.Distribution)
        self.add_texts(node, DCTERMS.title, de=german.title, en=english.title)
        self.add(node, DCAT.accessURL, address)
        if german.is_whole:
            self.add(node, DCAT.downloadURL, address)
        self.add(node, DCTERMS["format"], _uri(vocabulary.file_type(german.ending)))
        self.add(node, DCAT.mediaType, _uri(vocabulary.media_type(german.media_type)))
        self._write_terms(node)

    def _write_service(
        self, german: Service, english: Service, standard: Standard
    ) -> None:
        node = self.of_catalogue(standard.name)
        self.add(node, RDF.type, DCAT.DataService)
        self.add_texts(node, DCTERMS.title, de=german.title, en=english.title)
        self.add_texts(
            node, DCTERMS.description, de=german.description, en=english.description
        )
        self._write_common(node)
        self.add(node, DCAT.endpointURL, self.address(german.paths[0]))
        self.add(node, DCAT.endpointDescription, self.address(standard.described_at))
        self.add(node, DCTERMS.conformsTo, URIRef(standard.uri))
        self.add(node, DCTERMS.license, URIRef(self.about.licence.uri))
        for name in standard.serves:
            dataset = self.of_catalogue(name)
            self.add(node, DCAT.servesDataset, dataset)
            # As portals show it to people.
            access = URIRef(f"{dataset}-{standard.name}")
            self.add(dataset, DCAT.distribution, access)
            self.add(access, RDF.type, DCAT.Distribution)
            self.add_texts(access, DCTERMS.title, de=german.title, en=english.title)
            self.add(access, DCAT.accessURL, self.address(german.paths[0]))
            self.add(access, DCAT.accessService, node)
            self._write_terms(access)

    def _write_terms(self, node: Node) -> None:
        """Say of a distribution on what terms, and how long, it can be had."""
        terms = self.about.licence
        self.add(node, DCTERMS.license, URIRef(terms.uri))
        if terms.attribution:
            words = Literal(terms.attribution, lang="de")
            self.add(node, DCATDE.licenseAttributionByText, words)
        self.add(node, DCATAP.availability, URIRef(vocabulary.ALWAYS_THERE))


def _named(scheme: str, names: Iterable[str]) -> list[URIRef]:
    return [URIRef(f"{scheme}/{name}") for name in names]


def _uri(address: str | None) -> URIRef | None:
    return URIRef(address) if address else None


def _key(path: str) -> str:
    """Return a path as the end of a name: exports/pins.csv as exports-pins-csv."""
    return path.strip("/").replace("/", "-").replace(".", "-")


def _day(moment: datetime.date) -> datetime.date:
    return moment.date() if isinstance(moment, datetime.datetime) else moment


def _moment(value: datetime.date | None) -> Literal | None:
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        return Literal(value.replace(microsecond=0), datatype=XSD.dateTime)
    return Literal(value, datatype=XSD.date)


def _polygon(bounds: tuple[float, float, float, float]) -> str:
    """Return the well-known text of a box in degrees, longitude first."""
    west, south, east, north = (round(value, 5) for value in bounds)
    corners = [(west, south), (east, south), (east, north), (west, north)]
    points = ", ".join(f"{x} {y}" for x, y in [*corners, corners[0]])
    return f"POLYGON(({points}))"
