"""Words of the city and the site, which whoever guesses passwords tries first.

They come from the settings and the database, so that they are those of any city
(ASVS 5.0, 6.1.2 and 6.2.11; NIST SP 800-63B, 3.1.1.2).
"""

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from districts.models import Body, District

# Shorter ones are in every other word.
SHORTEST = 4
# What is left of a password without them has to be a password itself, a short one.
LEAST_REST = 8
SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# What people write in place of letters; a one stands for two of them.
SIGNS: tuple[dict[int, int], ...] = (
    {},
    str.maketrans("013457@$", "oieastas"),
    str.maketrans("013457@$", "oleastas"),
)
NO_LETTERS = re.compile(r"[\W_]+")


def words_of_the_city() -> set[str]:
    """Return the words of names: city, site, its publisher and host, districts, bodies."""
    names = chain(
        (settings.CITY_NAME, settings.SITE_NAME, settings.PUBLISHER),
        (urlsplit(settings.BASE_URL).hostname or "",),
        District.objects.values_list("name", flat=True),
        Body.objects.values_list("name", flat=True),
    )
    return {word for name in names for word in _words_in(name)}


def _words_in(name: str) -> Iterator[str]:
    words = NO_LETTERS.sub(" ", _plain(name)).split()
    return (word for word in [*words, "".join(words)] if len(word) >= SHORTEST)


def _plain(text: str) -> str:
    return text.lower().translate(SPELLINGS)


class CityWordsValidator:
    """Refuses what is little more than words of the city, whatever stands in between."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError where too little is left without these words."""
        words = words_of_the_city()
        for signs in SIGNS:
            rest = _rest(_plain(password).translate(signs), words)
            if len(rest) < LEAST_REST:
                raise ValidationError(
                    _(
                        "This is little more than a name of the city or of this site. "
                        "Please add other words."
                    ),
                    code="password_of_the_city",
                )

    def get_help_text(self) -> str:
        return _("Names of the city, its districts and this site do not count.")


def _rest(written: str, words: set[str]) -> str:
    """Return what is left of a password; the longest words are taken out first."""
    rest = NO_LETTERS.sub("", written)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest
