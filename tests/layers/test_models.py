"""Themes speak the language of the page, and the database knows their rules."""

import pytest
from django.db import IntegrityError
from django.utils import translation

from layers.models import Theme
from tests.factories import make_theme

pytestmark = pytest.mark.django_db


def test_title_and_question_follow_the_language():
    theme = make_theme(title_de="Mobilität", title_en="Mobility")

    assert (str(theme), theme.question) == ("Mobilität", "Was fehlt hier?")
    with translation.override("en-gb"):
        assert (str(theme), theme.question) == ("Mobility", "What is missing here?")
    with translation.override(None):
        assert theme.title == "Mobilität"


def test_active_themes_come_in_their_order():
    make_theme("digital", position=2)
    make_theme("energy", position=1)
    make_theme("retired", is_active=False)

    assert [theme.slug for theme in Theme.objects.active()] == ["energy", "digital"]


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345G", "#12345\n"])
def test_a_colour_is_hexadecimal(colour):
    with pytest.raises(IntegrityError, match="theme_colour_is_hex"):
        make_theme(colour=colour)


def test_a_slug_is_taken_once():
    make_theme("mobility")

    with pytest.raises(IntegrityError, match="slug"):
        make_theme("mobility")
