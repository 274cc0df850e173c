"""The demo: pages of the process in both languages, with documents that say what they are."""

import json
from io import BytesIO
from typing import Any

import typst
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction

from insek.models import Event, Measure
from insek.pages.models import (
    DocumentsPage,
    FaqPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    PageDocument,
    PagePicture,
    PeoplePage,
)
from mapapp.demo_photos import draw, meadow, playground
from mapapp.demo_process import on_day

FILE = settings.CITY.folder / "demo" / "pages.json"
SCENES = {"meadow": meadow, "playground": playground}
SHEET = """
#set document(title: sys.inputs.title)
#set page(paper: "a4", margin: 25mm)
#set text(lang: sys.inputs.lang, size: 12pt)
#title()
#sys.inputs.words
"""
# A part of a page as the fields of the pages store it.
Part = dict[str, Any]


def read_pages() -> dict[str, Any]:
    """Return the words of the pages, German and English beside each other."""
    content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return content


def _in(entry: dict[str, Any], name: str, language: str) -> str:
    """Return the words of an entry in a language of the site."""
    words: str = entry[name if language == "de" else f"{name}_en"]
    return words


@transaction.atomic
def load_news() -> int:
    """Add the news that are missing, by their addresses; return how many, each once."""
    index = NewsIndexPage.objects.get(locale__language_code="de")
    index_en = NewsIndexPage.objects.get(locale__language_code="en")
    known = set(NewsPage.objects.child_of(index).values_list("slug", flat=True))
    missing = [e for e in read_pages()["news"] if e["slug"] not in known]
    for entry in missing:
        page = NewsPage(
            slug=entry["slug"],
            date=on_day(entry["date"]),
            picture=_picture(entry) if "picture" in entry else None,
            locale=index.locale,
            **_words(entry, "de"),
        )
        index.add_child(instance=page)
        page.save_revision().publish()
        english = page.copy_for_translation(index_en.locale)
        for name, value in _words(entry, "en").items():
            setattr(english, name, value)
        english.save_revision().publish()
    return len(missing)


def _words(entry: dict[str, Any], language: str) -> dict[str, str]:
    return {
        "title": _in(entry, "title", language),
        "intro": _in(entry, "intro", language),
        "body": json.dumps(_parts(entry["body"], language)),
    }


def _parts(rows: list[list[str]], language: str) -> list[Part]:
    """Return the parts of a page; what names a row that is not there is left out."""
    number = 0 if language == "de" else 1
    parts: list[Part] = []
    for kind, *words in rows:
        value: Any
        if kind == "event":
            value = Event.objects.filter(title_de=words[0]).values("pk").first()
        elif kind == "measure":
            value = Measure.objects.filter(slug=words[0]).values("pk").first()
        elif kind == "heading":
            value = {"text": words[number], "level": "h2"}
        elif kind == "quote":
            value = {"text": words[number], "who": words[2 + number]}
        else:
            value = words[number]
        if value and kind in {"event", "measure"}:
            value = value["pk"]
        if value:
            parts.append({"type": kind, "value": value})
    return parts


def _picture(entry: dict[str, Any]) -> PagePicture:
    drawn = BytesIO(draw(SCENES[entry["picture"]]))
    picture: PagePicture = PagePicture.objects.create(
        title=entry["title"],
        description=entry["picture_alt"],
        file=ImageFile(drawn, f"{entry['picture']}.png"),
    )
    picture.file.close()
    return picture


@transaction.atomic
def load_pages() -> int:
    """Fill the pages that nobody has written on yet; return how many."""
    content = read_pages()
    filled = 0
    for language in ("de", "en"):
        home = HomePage.objects.get(locale__language_code=language)
        if not home.body:
            home.intro = _in(content["home"], "intro", language)
            home.body = json.dumps(_parts(content["home"]["body"], language))
            home.save_revision().publish()
            filled += 1
        for model, field, parts in (
            (DocumentsPage, "groups", _document_groups),
            (PeoplePage, "circles", _circles),
            (FaqPage, "groups", _question_groups),
        ):
            page = model.objects.get(locale__language_code=language)
            if not getattr(page, field):
                setattr(page, field, json.dumps(parts(content, language)))
                page.save_revision().publish()
                filled += 1
    return filled


def _circles(content: dict[str, Any], language: str) -> list[Part]:
    number = 1 if language == "de" else 2
    return [
        _part(
            "circle",
            name=_in(entry, "name", language),
            mandate=_paragraph(_in(entry, "mandate", language)),
            members=[
                {
                    "name": _in(member, "name", language),
                    "role": _in(member, "role", language),
                    "organisation": "",
                }
                for member in entry["members"]
            ],
            decisions=[
                {"date": row[0], "text": row[number], "document": None}
                for row in entry["decisions"]
            ],
            contact=_paragraph(_in(entry, "contact", language)),
        )
        for entry in content["people"]
    ]


def _question_groups(content: dict[str, Any], language: str) -> list[Part]:
    return [
        _part(
            "group",
            heading=_in(entry, "heading", language),
            questions=[
                {
                    "question": _in(row, "question", language),
                    "answer": _paragraph(_in(row, "answer", language)),
                }
                for row in entry["questions"]
            ],
        )
        for entry in content["faq"]
    ]


def _document_groups(content: dict[str, Any], language: str) -> list[Part]:
    groups: dict[str, list[int]] = {}
    for entry in content["documents"]:
        document = _document(entry, language)
        groups.setdefault(_in(entry, "group", language), []).append(document.pk)
    return [
        _part("group", heading=heading, documents=documents)
        for heading, documents in groups.items()
    ]


def _document(entry: dict[str, Any], language: str) -> PageDocument:
    title, words = _in(entry, "title", language), _in(entry, "text", language)
    document = PageDocument(
        title=title,
        file=ContentFile(_sheet(title, words, language), f"{entry['key']}.pdf"),
        description="",
        language=language,
        issued_on=on_day(entry["date"]),
    )
    document._set_document_file_metadata()
    document.save()
    document.file.close()
    return document


def _sheet(title: str, words: str, language: str) -> bytes:
    """Return one page as an accessible PDF."""
    made: bytes = typst.compile(
        SHEET.encode(),
        format="pdf",
        sys_inputs={"title": title, "words": words, "lang": language},
        pdf_standards="ua-1",
    )
    return made


def _part(kind: str, **values: Any) -> Part:
    return {"type": kind, "value": values}


def _paragraph(words: str) -> str:
    return f"<p>{words}</p>" if words else ""
