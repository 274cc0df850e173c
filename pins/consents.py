"""What people agree to when they leave an address: with a pin, or to follow something."""

from trust.consents import Consent, ConsentText

CONTACT = Consent(
    "contact",
    (
        ConsentText(
            "2026-11",
            "Nur wenn Sie erfahren möchten, was aus Ihrem Beitrag wird. Wir "
            "veröffentlichen die Adresse nicht, geben sie nicht weiter und löschen sie "
            "danach.",
            "Only if you want to know what becomes of your contribution. We do not "
            "publish the address, do not pass it on, and erase it afterwards.",
        ),
        ConsentText(
            "2026-11-29",
            "Nur wenn Sie erfahren möchten, was aus Ihrem Beitrag wird. Wir schicken "
            "zuerst einen Link dorthin und schreiben Ihnen erst, wenn Sie ihn benutzt "
            "haben. Wir veröffentlichen die Adresse nicht, geben sie nicht weiter und "
            "löschen sie danach. Sie können jederzeit widerrufen.",
            "Only if you want to know what becomes of your contribution. We first send a "
            "link there, and write to you only when you have used it. We do not publish "
            "the address, do not pass it on, and erase it afterwards. You can withdraw "
            "at any time.",
        ),
    ),
)
# At a stand somebody else types it: the person hears the question, and answers the mail.
STAND = Consent(
    "stand",
    (
        ConsentText(
            "2026-11",
            "Die Person ist einverstanden, dass die Stadt ihr dazu schreibt.",
            "The person agrees that the city writes to this address about it.",
        ),
        ConsentText(
            "2026-11-29",
            "Die Person ist einverstanden, dass die Stadt ihr dazu schreibt. Sie bekommt "
            "zuerst einen Link und kann jederzeit widerrufen.",
            "The person agrees that the city writes to this address about it. They first "
            "get a link, and can withdraw at any time.",
        ),
    ),
)
FOLLOW = Consent(
    "follow",
    (
        ConsentText(
            "2026-11",
            "Wir nutzen die Adresse nur dafür, geben sie nicht weiter und löschen sie, "
            "wenn Sie das beenden.",
            "We use the address only for this, pass it on to nobody, and erase it when "
            "you end it.",
        ),
        ConsentText(
            "2026-11-29",
            "Wir nutzen die Adresse nur dafür, geben sie nicht weiter und löschen sie, "
            "wenn Sie das beenden. Das können Sie jederzeit.",
            "We use the address only for this, pass it on to nobody, and erase it when "
            "you end it. You can do so at any time.",
        ),
    ),
)
CONSENTS = (CONTACT, STAND, FOLLOW)
