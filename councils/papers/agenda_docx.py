"""The agenda as a document of plain styles, to go on working with in the office's own."""

import logging
import re
from io import BytesIO

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import _Row as Row

from councils.papers.content import Content, PaperItem
from councils.papers.dossier import address_of, moment_of
from councils.papers.sheets import cleaned

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LOCALES = {"de": "de-DE", "en": "en-GB"}
NORMAL_SIZE = Pt(11)
BROKEN_LINES = re.compile(r"\r\n|\r|\n")


def make(content: Content) -> bytes:
    """Return the file: a heading for each item, and a table of the votes."""
    paper = _Agenda(content)
    paper.write()
    buffer = BytesIO()
    paper.document.save(buffer)
    return buffer.getvalue()


def _opened() -> tuple[DocumentType, bool]:
    """Return a new document, and whether it follows the office's template.

    What stands in the template stays above the agenda: a letterhead, a greeting.
    """
    if settings.AGENDA_TEMPLATE is not None:
        try:
            return Document(str(settings.AGENDA_TEMPLATE)), True
        except Exception:
            # The library raises whatever garbage leads it to; the agenda is needed.
            logger.exception("The template of agendas cannot be used.")
    return Document(), False


class _Agenda:
    """The document in the making."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.document, has_own_styles = _opened()
        if not has_own_styles:
            self.document.styles["Normal"].font.size = NORMAL_SIZE
        self._set_language(LOCALES.get(get_language() or "", "de-DE"))
        self.document.core_properties.title = cleaned(self._title)
        self.document.core_properties.author = cleaned(content.body.name)
        self.document.core_properties.comments = ""

    @property
    def _title(self) -> str:
        return _("Agenda of %(body)s") % {"body": self.content.body.name}

    def _set_language(self, locale: str) -> None:
        """Let the spelling be checked in the language of the paper."""
        normal = self.document.styles["Normal"].element.get_or_add_rPr()
        for old in normal.findall(qn("w:lang")):
            normal.remove(old)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), locale)
        normal.append(language)

    def write(self) -> None:
        sitting = self.content.sitting
        self._heading(self._title, 1)
        if sitting is not None:
            self._text(_("Sitting: %(moment)s") % {"moment": moment_of(sitting.start)})
            self._text(_("Place: %(place)s") % {"place": sitting.place})
        if not self.content.is_public:
            self._text(_("Internal: for the members and the office of this body only."))
        if not self.content.items:
            self._text(_("There is nothing on the agenda yet."))
        for item in self.content.items:
            self._item(item)
        self._votes()

    def _item(self, item: PaperItem) -> None:
        mark = "" if item.is_public else f" ({_('non-public')})"
        number = _("Item %(number)s: %(title)s")
        words = {"number": item.number, "title": item.title}
        self._heading(f"{number % words}{mark}", 2)
        if item.role:
            self._text(_("Role: %(role)s") % {"role": item.role})
        if item.text:
            self._heading(_("Draft of the resolution"), 3)
            self._text(item.text)
        if item.path:
            self._text(_("Page: %(address)s") % {"address": address_of(item)})
        for paper in item.pins:
            pin = paper.pin
            self._heading(f"{pin.reference}: {pin.title}", 3)
            self._text(
                _("%(kind)s in %(district)s, supported by %(count)d")
                % {
                    "kind": pin.kind_label,
                    "district": pin.district_name,
                    "count": pin.support_count,
                }
            )
            self._text(pin.text)
        if item.result and item.result.resolution:
            self._heading(_("Resolution"), 3)
            self._text(item.result.resolution)
        if item.result and item.result.reason:
            self._heading(_("Reason"), 3)
            self._text(item.result.reason)

    def _heading(self, words: str, level: int) -> None:
        style = f"Heading {level}"
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(cleaned(words))
        if style in self.document.styles:
            paragraph.style = self.document.styles[style]
        else:
            run.bold = True

    def _text(self, words: str) -> None:
        for part in words.split("\n\n"):
            lines = [cleaned(line) for line in BROKEN_LINES.split(part.strip("\n"))]
            if any(lines):
                self.document.add_paragraph("\n".join(lines))

    def _votes(self) -> None:
        """Append a table of what came of each item, to be filled in where it is open."""
        if not self.content.items:
            return
        self._heading(_("Results and votes"), 2)
        heads = [
            *(_("No."), _("Item"), _("Result")),
            *(_("for"), _("against"), _("abstained")),
        ]
        table = self.document.add_table(rows=1, cols=len(heads))
        if "Table Grid" in self.document.styles:
            table.style = self.document.styles["Table Grid"]
        self._repeat(table.rows[0])
        self._fill(table.rows[0], heads, is_bold=True)
        for item in self.content.items:
            result = item.result
            votes = result.votes if result else None
            numbers = ["", "", ""]
            if votes is not None:
                numbers = [
                    str(n) for n in (votes.in_favour, votes.against, votes.abstained)
                ]
            label = result.label if result else ""
            row = [item.number, item.title, label, *numbers]
            self._fill(table.add_row(), row)

    @staticmethod
    def _repeat(row: Row) -> None:
        """Make the row the head of its table, on each of its pages."""
        head = OxmlElement("w:tblHeader")
        head.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(head)

    @staticmethod
    def _fill(row: Row, words: list[str], *, is_bold: bool = False) -> None:
        for cell, text in zip(row.cells, words, strict=True):
            run = cell.paragraphs[0].add_run(cleaned(text))
            run.bold = is_bold or None
