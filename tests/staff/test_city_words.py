"""No password is little more than a name of the city; other words are as good as ever."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from staff.city_words import CityWordsValidator, words_of_the_city
from tests.factories import make_body, make_district, make_user
from tests.staff.accounts import GOOD

CHANGE = "/accounts/password/"


@pytest.fixture(autouse=True)
def city(db, settings):
    settings.CITY_NAME = "Grünstadt"
    settings.SITE_NAME = "Mitmachkarte Grünstadt"
    settings.PUBLISHER = "Stadt Grünstadt"
    settings.BASE_URL = "https://mitreden.gruenstadt.example"
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_district(1, name="Innenstadt Ost")


def is_taken(password):
    try:
        CityWordsValidator().validate(password)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        *(
            "Grünstadt2026!",
            "gruenstadt 2026",
            "GRÜNSTADT-GRÜNSTADT",
            "Gr_ün_stadt 123",
        ),
        *("mitmachkarte-hohenecken", "Mitm4chk4rte1!", "M1tm@chkart3 2026"),
        *("InnenstadtOst#1", "innenstadt_ost_99", "1nnenst@dt 0st", "Ortsbe1rat123"),
        *("mitreden.gruenstadt", "stadt stadt stadt", "  Hohenecken  !!"),
    ],
)
def test_names_of_the_city_are_no_passwords(password):
    assert not is_taken(password)


@pytest.mark.parametrize(
    "password",
    [
        *(GOOD, "Hohenecken hat neun Bänke", "Regen über Grünstadt im Mai"),
        *("kastanienallee", "ÄÖÜ ß 漢字 und 🙂🙂 mehr", "Oststern und Abendbrot"),
    ],
)
def test_other_words_and_names_among_others_are(password):
    assert is_taken(password)


def test_they_are_those_of_the_settings_and_the_database(settings):
    assert {"hohenecken", "innenstadtost", "gruenstadt"} <= words_of_the_city()
    assert "kaiserslautern" not in words_of_the_city()
    # Too short to mean anything, as a word of its own.
    assert "ost" not in words_of_the_city()

    settings.CITY_NAME = settings.SITE_NAME = settings.PUBLISHER = "Anderswo"
    settings.BASE_URL = ""
    assert is_taken("Grünstadt2026!")
    assert not is_taken("4nder5w0 2026!")


def test_who_chooses_one_is_told_at_the_field():
    client = Client()
    client.force_login(make_user("anna"))

    page = client.post(CHANGE, {"oldpassword": "anna", "password1": "Hohenecken-2026"})

    assert page.status_code == 200
    [message] = page.context["form"].errors["password1"]
    assert "Stadt" in message or "city" in message


def test_others_can_be_told_beforehand():
    assert "city" in CityWordsValidator().get_help_text() or (
        "Stadt" in CityWordsValidator().get_help_text()
    )
