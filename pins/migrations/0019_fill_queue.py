"""What waits already joins the queue; moderators find reasons to start from."""

from typing import Any

from django.db import migrations

FILL = """
INSERT INTO pins_queueentry
    (pin_id, comment_id, kind, has_photos, district_id, theme_id, waiting_since)
SELECT
    pin.id, NULL,
    CASE WHEN pin.source IN ('stand', 'card') THEN 'event' ELSE 'contribution' END,
    EXISTS (SELECT FROM pins_photo photo WHERE photo.pin_id = pin.id),
    pin.district_id, pin.theme_id, pin.created_at
FROM pins_pin pin WHERE pin.visibility = 'submitted'
UNION ALL
SELECT pin.id, said.id, 'comment', false, pin.district_id, pin.theme_id, said.created_at
FROM pins_comment said JOIN pins_pin pin ON pin.id = said.pin_id
WHERE said.visibility = 'submitted'
ON CONFLICT DO NOTHING;
"""

# use, title, German, English
TEMPLATES = [
    (
        "refuse",
        "Namen oder Angaben über andere",
        (
            "Ihr Beitrag nennt Namen oder Angaben über andere Menschen. Das dürfen wir nicht "
            "veröffentlichen. Bitte senden Sie ihn ohne diese Angaben noch einmal."
        ),
        (
            "Your contribution names other people or tells something about them. We may not "
            "publish that. Please send it again without these details."
        ),
    ),
    (
        "refuse",
        "Beleidigung",
        (
            "Ihr Beitrag beleidigt andere Menschen. Über die Sache sprechen wir gern mit "
            "Ihnen: Bitte schreiben Sie ihn ohne Beleidigung noch einmal."
        ),
        (
            "Your contribution insults other people. We gladly talk with you about the "
            "matter: please write it again without the insult."
        ),
    ),
    (
        "refuse",
        "Nicht Sache der Stadt",
        (
            "Ihr Anliegen liegt nicht in der Hand der Stadt. Deshalb können "
            "wir es hier nicht bearbeiten."
        ),
        (
            "Your matter is not in the hands of the city. That is why we "
            "cannot work on it here."
        ),
    ),
    (
        "refuse",
        "Werbung",
        (
            "Ihr Beitrag wirbt für ein Angebot. Auf dieser Karte geht es um die Stadt, nicht "
            "um Werbung."
        ),
        (
            "Your contribution advertises something. This map is about the city and not for "
            "advertising."
        ),
    ),
    (
        "ask",
        "Welche Stelle ist gemeint?",
        (
            "Danke für Ihren Beitrag. Welche Stelle meinen Sie genau? Bitte nennen Sie eine "
            "Straße, eine Hausnummer oder etwas, das man von dort sieht."
        ),
        (
            "Thank you for your contribution. Which place do you mean exactly? Please name a "
            "street, a house number or something that can be seen from there."
        ),
    ),
    (
        "ask",
        "Was soll sich ändern?",
        (
            "Danke für Ihren Beitrag. Was soll sich aus Ihrer Sicht ändern? Ein oder zwei "
            "Sätze genügen."
        ),
        (
            "Thank you for your contribution. What do you think should change? One or two "
            "sentences are enough."
        ),
    ),
    (
        "ask",
        "Bitte ohne Namen",
        (
            "In Ihrem Text steht der Name eines Menschen. Bitte nehmen Sie ihn heraus, dann "
            "können wir den Beitrag veröffentlichen."
        ),
        (
            "Your text names a person. Please take the name out; then we can publish the "
            "contribution."
        ),
    ),
]


def offer_templates(apps: Any, _editor: Any) -> None:
    """Write the first templates; moderators change them as they like."""
    template = apps.get_model("pins", "ReasonTemplate")
    template.objects.bulk_create(
        template(use=use, title=title, text_de=german, text_en=english)
        for use, title, german, english in TEMPLATES
    )


class Migration(migrations.Migration):
    dependencies = [("pins", "0018_moderation_queue")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(offer_templates, migrations.RunPython.noop),
    ]
