"""The admin of themes: every page works, and no theme gets lost on the map."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from layers.models import Theme
from tests.factories import make_theme

pytestmark = pytest.mark.django_db

RIGHT = {
    "slug": "culture",
    "title_de": "Kultur",
    "title_en": "Culture",
    "question_de": "Was fehlt?",
    "question_en": "What is missing?",
    "colour": "#6B1670",
    "icon": "palette",
    "position": 5,
    "is_active": "on",
}


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin"))
    return client


def address(page, *args):
    return reverse(f"admin:layers_theme_{page}", args=args)


def test_pages_open(admin):
    theme = make_theme()

    for url in (
        address("changelist"),
        address("changelist") + "?q=mobil&is_active__exact=1",
        address("changelist") + "?q=%00",
        address("add"),
        address("change", theme.pk),
        address("history", theme.pk),
        address("delete", theme.pk),
    ):
        assert admin.get(url).status_code == 200, url


def test_a_theme_is_added_and_keeps_its_slug(admin):
    admin.post(address("add"), RIGHT)
    theme = Theme.objects.get(slug="culture")

    admin.post(address("change", theme.pk), {**RIGHT, "slug": "x", "title_de": "Kunst"})

    theme.refresh_from_db()
    assert (theme.title_de, theme.slug) == ("Kunst", "culture")


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "mobility"},
        {"slug": "with space"},
        {"title_de": ""},
        {"title_en": "x" * 61},
        {"question_de": "x" * 201},
        {"colour": "red"},
        {"colour": "#12345"},
        {"colour": "#FFFF00"},
        {"colour": "#12345G"},
        {"icon": "no-such-icon"},
        {"position": "-1"},
        {"position": "99999"},
        {"position": "first"},
    ],
    ids=str,
)
def test_a_wrong_theme_is_explained(admin, wrong):
    make_theme("mobility")

    response = admin.post(address("add"), {**RIGHT, **wrong})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == wrong.keys()
    assert Theme.objects.count() == 1


def test_themes_are_ordered_and_retired_in_the_list(admin):
    theme = make_theme()

    admin.post(
        address("changelist"),
        {
            "form-TOTAL_FORMS": 1,
            "form-INITIAL_FORMS": 1,
            "form-0-id": theme.pk,
            "form-0-position": 7,
            "_save": "Save",
        },
    )

    theme.refresh_from_db()
    assert (theme.position, theme.is_active) == (7, False)
