"""The contributions as a dataset that search engines find (schema.org)."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from districts.models import District
from exports import licence
from exports.catalog.datasets import about_contributions, contribution_files
from layers.languages import page_language
from layers.structured_data import data_block


def dataset_block(district: District | None = None) -> SafeString:
    """Return the contributions of the city, or of one district, as a block for its page.

    No query: what changes every day stands in the catalogue.
    """
    terms = licence.current()
    where = f"{district.name}, {settings.CITY_NAME}" if district else settings.CITY_NAME
    page = district.get_absolute_url() if district else reverse("exports:index")
    data: dict[str, Any] = {
        "@type": "Dataset",
        "name": _("Contributions: %(subject)s") % {"subject": where},
        "description": about_contributions(),
        "url": f"{settings.BASE_URL}{page}",
        "license": terms.url,
        "creditText": terms.attribution or settings.SITE_NAME,
        "creator": _organization(),
        "publisher": _organization(),
        "isAccessibleForFree": True,
        "inLanguage": page_language(),
        "spatialCoverage": {"@type": "Place", "name": where},
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": _("Open data: %(site)s") % {"site": settings.SITE_NAME},
            "url": f"{settings.BASE_URL}{reverse('catalog')}",
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.title,
                "encodingFormat": file.media_type.partition(";")[0],
                "contentUrl": f"{settings.BASE_URL}{file.path}",
            }
            for file in contribution_files(district.slug if district else "")
        ],
    }
    return data_block(data)


def _organization() -> dict[str, str]:
    found = {"@type": "GovernmentOrganization", "name": settings.PUBLISHER}
    if settings.PUBLISHER_URL:
        found["url"] = settings.PUBLISHER_URL
    return found
