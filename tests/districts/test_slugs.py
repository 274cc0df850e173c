"""Short names for URLs, made the German way."""

import pytest

from districts.slugs import german_slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Hohenecken", "hohenecken"),
        ("Grübentälchen/Volkspark", "gruebentaelchen-volkspark"),
        ("Erzhütten / Wiesenthalerhof", "erzhuetten-wiesenthalerhof"),
        ("Bännjerrück/Karl-Pfaff-S.", "baennjerrueck-karl-pfaff-s"),
        ("MÖLSCHBACH", "moelschbach"),
        ("Große Straße", "grosse-strasse"),
        ("–", ""),
    ],
)
def test_german_slug(name, slug):
    assert german_slug(name) == slug
