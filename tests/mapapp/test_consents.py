"""What people agree to is kept word for word, by version, and shown as it is kept."""

import pytest
from django.utils import translation
from django.utils.html import escape

from insek import consents as insek_consents
from insek.models import Registration
from pins import consents as pins_consents
from pins.models import Contact, Follow
from pins.models.contact import CONSENT_VERSION
from tests.factories import make_district, make_event, make_pin, make_stand
from trust.consents import shown

CONSENTS = {
    consent.name: consent
    for consent in (*pins_consents.CONSENTS, *insek_consents.CONSENTS)
}
# Never change a line: whoever agreed to it agreed to these words. New words are a new
# version with a new line.
DIGESTS = {
    ("contact", "2026-11"): "aa6acf68d9ee116c",
    ("contact", "2026-11-29"): "f3ce470e181d357c",
    ("stand", "2026-11"): "ecf05e8c58fedc81",
    ("stand", "2026-11-29"): "c9eb14f4d6e6e37b",
    ("follow", "2026-11"): "86f88a8edc7b130d",
    ("follow", "2026-11-29"): "368ebceaf968b1dd",
    ("registration", "2026-11"): "8de9487519079452",
    ("registration", "2026-11-29"): "4a5a9398eb78be30",
}


def test_the_words_of_a_version_never_change():
    found = {
        (consent.name, text.version): text.digest
        for consent in CONSENTS.values()
        for text in consent.versions
    }
    assert found == DIGESTS


def test_versions_follow_one_another():
    for consent in CONSENTS.values():
        versions = [text.version for text in consent.versions]
        assert versions == sorted(set(versions))
        # What new rows are marked with.
        assert consent.current.version == CONSENT_VERSION
        assert consent.version(CONSENT_VERSION) == consent.current
        assert consent.version("1999") is None


@pytest.mark.parametrize("language", ["de", "en"])
def test_forms_show_the_words_of_the_current_version(db, client, language):
    make_district(16)
    pin, event = make_pin(), make_event(takes_registrations=True)
    stand = make_stand(event)
    prefix = "" if language == "de" else "/en"
    pages = {
        "contact": f"{prefix}/pins/new",
        "follow": f"{prefix}/follow/?pin={pin.reference}",
        "registration": f"{prefix}/insek/events/{event.pk}/register",
        "stand": f"{prefix}/insek/stand/{stand.token}/",
    }
    assert set(pages) == set(CONSENTS)
    with translation.override(language):
        for name, path in pages.items():
            words = str(shown(CONSENTS[name]))
            assert escape(words) in client.get(path).content.decode(), name


def test_each_row_knows_its_version():
    for model in (Contact, Follow, Registration):
        assert model._meta.get_field("consent_version").default == CONSENT_VERSION
