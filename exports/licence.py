"""The licence of the open data: its name, its text, and its entry in DCAT-AP.de's list.

The list of licences: https://www.dcat-ap.de/def/licenses/
"""

from dataclasses import dataclass

from django.conf import settings

LIST = "http://dcat-ap.de/def/licenses/"
# For terms that are open and have no entry of their own.
OTHER_OPEN = f"{LIST}other-open"
# By the address of the licence's text, without scheme, "www." and closing slash.
KNOWN = {
    "govdata.de/dl-de/by-2-0": f"{LIST}dl-by-de/2.0",
    "govdata.de/dl-de/zero-2-0": f"{LIST}dl-zero-de/2.0",
    "creativecommons.org/publicdomain/zero/1.0": f"{LIST}cc-zero",
    "creativecommons.org/licenses/by/4.0": f"{LIST}cc-by/4.0",
    "creativecommons.org/licenses/by-sa/4.0": f"{LIST}cc-by-sa/4.0",
}


@dataclass(frozen=True)
class Licence:
    """On what terms everybody may use the data.

    `url` leads to its text, `uri` names it in DCAT-AP.de; `attribution` is whom to name
    as the source, empty where nobody has to be named.
    """

    name: str
    url: str
    uri: str
    attribution: str


def current() -> Licence:
    """Return the licence that the settings choose."""
    url = settings.LICENCE_URL
    key = url.partition("://")[2].removeprefix("www.").removesuffix("/")
    uri = KNOWN.get(key, OTHER_OPEN)
    names_nobody = "zero" in uri
    return Licence(
        name=settings.LICENCE_NAME,
        url=url,
        uri=uri,
        attribution="" if names_nobody else settings.SITE_NAME,
    )
