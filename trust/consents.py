"""What people agree to, word for word and by version: an old consent can still be read.

The words a form shows come from here and from nowhere else. They are no messages of
gettext: a translation that is mended there would change what somebody agreed to.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils.functional import lazystr
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class ConsentText:
    """The words of one version, as they were shown in both languages."""

    version: str
    german: str
    english: str

    @property
    def digest(self) -> str:
        """What the words are known by: 16 hexadecimal characters."""
        words = "\0".join((self.version, self.german, self.english))
        return sha256(words.encode()).hexdigest()[:16]

    def __str__(self) -> str:
        """Return the words in the language of the page."""
        language = get_language() or "de"
        return self.english if language.startswith("en") else self.german


@dataclass(frozen=True)
class Consent:
    """One thing that people agree to, with all versions of its words, the newest last."""

    name: str
    versions: tuple[ConsentText, ...]

    @property
    def current(self) -> ConsentText:
        return self.versions[-1]

    def version(self, version: str) -> ConsentText | None:
        """Return the words of a version; None where there never was one."""
        return next((text for text in self.versions if text.version == version), None)


def shown(consent: Consent) -> "StrPromise":
    """Return the words of today for a form: lazily, in the language of each page."""
    return lazystr(consent.current)
