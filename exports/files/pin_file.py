"""One file of pins: read from a request or a job's notes, answered with, or written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils import translation
from django.utils.translation import gettext as _

from exports import streams
from exports.files.formats import WGS84, Format, Stream, Variant
from exports.selection import BadSelection, Selection, Source
from layers.languages import LANGUAGES

# Every other parameter has one value.
SEVERAL = {"theme"}


class TooManyPins(ValueError):
    """A file of this format can hold only so many pins; the message says how many."""

    def __init__(self, limit: int) -> None:
        message = _(
            "A file of this format holds at most %(limit)d contributions. Please choose "
            "fewer by filters, or another format."
        )
        super().__init__(message % {"limit": limit})


@dataclass(frozen=True)
class PinFile:
    """A format in one of its forms, and what the file is made from."""

    format: Format
    variant: Variant
    selection: Selection
    language: str

    @property
    def ending(self) -> str:
        """What its name ends in, on a disk."""
        return self.variant.extension or self.format.extension

    @property
    def state(self) -> list[object]:
        """What the file depends on besides its address."""
        return [state() for state in self.format.states]


def read_file(
    format_: Format, query: QueryDict, *, source: Source, address: str
) -> PinFile:
    """Return the file that the parameters of an address ask for.

    `address` is that of the file, with its host. Raises BadSelection, whose errors name
    each parameter that is unknown, given twice, or has no such value.
    """
    language = query.get("lang", source.language)
    if language not in LANGUAGES:
        raise BadSelection({"lang": [_("There is no such language.")]})
    with translation.override(language):
        return _read(format_, query, source, address)


def _read(format_: Format, query: QueryDict, source: Source, address: str) -> PinFile:
    errors = _strangers(format_, query, source)
    variants = {variant.name: variant for variant in format_.variants}
    variant = variants.get(query.get(format_.parameter, format_.variants[0].name))
    if variant is None:
        errors[format_.parameter] = [_one_of(variants)]
    srids = {str(srid): srid for srid in format_.srids or (WGS84,)}
    srid = srids.get(query.get("crs", next(iter(srids))))
    if srid is None and "crs" not in errors:
        errors["crs"] = [_one_of(srids)]
    try:
        found = source.select(query)
    except BadSelection as error:
        raise BadSelection({**error.errors, **errors}) from error
    if errors or variant is None or srid is None:
        raise BadSelection(errors)
    selection = replace(found, srid=srid, address=address)
    return PinFile(format_, variant, selection, translation.get_language())


def _strangers(
    format_: Format, query: QueryDict, source: Source
) -> dict[str, list[str]]:
    """Return what is wrong with the names of the parameters, whatever their values."""
    own = {"crs"} if format_.has_crs else set()
    known = {*source.parameters, "lang", *own, format_.parameter} - {""}
    errors = {}
    for name, values in query.lists():
        if name == "crs" and name not in known:
            errors[name] = [
                _("Files of this format have only the one reference system.")
            ]
        elif name not in known:
            errors[name] = [_("There is no parameter of this name.")]
        elif len(values) > 1 and name not in SEVERAL:
            errors[name] = [_("This parameter can only be given once.")]
    return errors


def _one_of(values: Iterable[str]) -> str:
    return _("Please choose one of: %(values)s.") % {"values": ", ".join(values)}


def is_large(file: PinFile) -> bool:
    """Tell whether the file may take so long that nobody should wait for the answer.

    From the counts kept ready: no pin is read. One query at most.
    """
    if file.format.is_streamed:
        return False
    return file.selection.at_most > file.format.at_once


def refuse_too_many(file: PinFile) -> None:
    """Raise TooManyPins where the format cannot hold them all.

    Pins are counted only where the counts kept ready leave it open. Two queries at most.
    """
    limit = file.format.at_most
    if limit is None or file.selection.at_most <= limit:
        return
    if file.selection.pins.order_by()[: limit + 1].count() > limit:
        raise TooManyPins(limit)


def write_file(file: PinFile, path: Path) -> None:
    """Write the file, in any format and in memory that does not grow with its pins.

    The name of the path ends in the extension of the format. Raises TooManyPins where
    the format cannot hold them all.
    """
    if file.variant.write is not None:
        refuse_too_many(file)
        file.variant.write(file.selection, path)
        return
    stream = cast("Stream", file.variant.stream)
    with path.open("wb") as out:
        out.writelines(streams.chunks_of(stream(file.selection)))


def respond(request: HttpRequest, file: PinFile) -> HttpResponseBase:
    """Answer with the file: streamed, or made at once and gone when it has been sent."""
    if file.variant.stream is not None:
        document = file.variant.stream(file.selection)
        return streams.respond(request, document, file.variant.media_type)
    if request.method == "HEAD":
        return StreamingHttpResponse((), content_type=file.variant.media_type)
    with TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / f"pins.{file.format.extension}"
        write_file(file, path)
        # Open, it can still be read when its folder is no more.
        return FileResponse(path.open("rb"), content_type=file.variant.media_type)
