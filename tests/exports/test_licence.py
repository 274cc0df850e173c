import pytest
from django.conf import settings

from exports import licence


def test_by_default_data_may_be_used_under_its_source_name():
    found = licence.current()

    assert found.name == settings.LICENCE_NAME
    assert found.url == "https://www.govdata.de/dl-de/by-2-0"
    assert found.uri == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
    assert found.attribution == settings.SITE_NAME


@pytest.mark.parametrize(
    ("url", "uri", "names_somebody"),
    [
        ("https://www.govdata.de/dl-de/zero-2-0", "dl-zero-de/2.0", False),
        ("http://creativecommons.org/licenses/by/4.0/", "cc-by/4.0", True),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc-zero", False),
        ("https://city.example/own-terms", "other-open", True),
    ],
)
def test_another_licence_is_found_by_the_address_of_its_text(
    settings, url, uri, names_somebody
):
    settings.LICENCE_URL = url

    found = licence.current()

    assert found.uri == f"http://dcat-ap.de/def/licenses/{uri}"
    assert bool(found.attribution) is names_somebody
