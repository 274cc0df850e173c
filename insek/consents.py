"""What people agree to when they register for an event."""

from trust.consents import Consent, ConsentText

REGISTRATION = Consent(
    "registration",
    (
        ConsentText(
            "2026-11",
            "Wir verwenden Ihre Angaben nur für diese Veranstaltung und löschen sie "
            "danach.",
            "We use what you enter only for this event and erase it afterwards.",
        ),
        ConsentText(
            "2026-11-29",
            "Wir verwenden Ihre Angaben nur für diese Veranstaltung und löschen sie "
            "danach. Sie können jederzeit absagen.",
            "We use what you enter only for this event and erase it afterwards. You can "
            "cancel at any time.",
        ),
    ),
)
CONSENTS = (REGISTRATION,)
