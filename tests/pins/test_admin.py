"""The admin of pins: a view into the records; decisions go through the actions."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from districts.models import District
from pins.actions import change_status, hide_pin, publish_pin
from pins.models import (
    Contact,
    Follow,
    Mailbox,
    Pin,
    PublicPin,
    StatusChange,
    VisibilityChange,
)
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_comment,
    make_contact,
    make_district,
    make_follow,
    make_moderator,
    make_pin,
    make_theme,
    make_user,
)
from tests.pages import text_of

PINS = "/admin/pins/pin/"
CONTACTS = "/admin/pins/contact/"
COMMENTS = "/admin/pins/comment/"
MAILBOXES = "/admin/pins/mailbox/"


@pytest.fixture
def boss(db):
    make_district(16)
    return make_user("betrieb", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def pin(boss):
    pin = make_pin(visibility=Visibility.SUBMITTED, title="<script>alert(1)</script>")
    publish_pin(pin=pin, actor=boss, read=pin.words_digest)
    change_status(
        pin=pin, to=Status.IN_REVIEW, actor=boss, roles={Role.BODY}, body=None
    )
    hide_pin(pin=pin, actor=boss, reason="Es nennt Namen.")
    return pin


def change(pin):
    return reverse("admin:pins_pin_change", args=[pin.pk])


def test_list_and_search(admin, pin):
    other = make_pin(title="Ein anderer Titel")

    listed = text_of(admin.get(PINS))
    assert pin.reference in listed
    assert other.reference in listed
    found = text_of(admin.get(PINS, {"q": other.reference}))
    assert other.reference in found
    assert pin.reference not in found
    assert admin.get(PINS, {"visibility__exact": "hidden"}).status_code == 200


def test_the_list_costs_the_same_with_many_pins(admin, django_assert_num_queries):
    make_pin()
    admin.get(PINS)
    with django_assert_num_queries(8):
        admin.get(PINS)
    for number in range(9):
        make_pin(theme=make_theme(f"theme-{number}"))
    with django_assert_num_queries(8):
        admin.get(PINS)


def test_a_pin_with_its_history(admin, pin):
    response = admin.get(change(pin))

    assert response.status_code == 200
    shown = text_of(response)
    assert "Es nennt Namen." in shown
    assert "<script>alert" not in response.content.decode()


def test_the_sorting_can_be_corrected_and_nothing_else(admin, pin):
    energy = make_theme("energy")
    Pin.objects.update(visibility=Visibility.PUBLISHED)

    response = admin.post(
        change(pin),
        {
            "kind": "keep",
            "theme": energy.pk,
            "title": "Umgeschrieben",
            "text": "Umgeschrieben, und lang genug wäre es.",
            "visibility": "rejected",
            "status": "done",
            **inline_forms(),
        },
    )

    assert response.status_code == 302
    before, pin = pin, Pin.objects.get()
    assert (pin.kind, pin.theme) == ("keep", energy)
    assert (pin.title, pin.text) == (before.title, before.text)
    assert (pin.visibility, pin.status) == (Visibility.PUBLISHED, Status.IN_REVIEW)
    assert PublicPin.objects.get().theme_slug == "energy"


def inline_forms():
    return {
        f"{prefix}-{name}": value
        for prefix in ("visibility_changes", "status_changes")
        for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}.items()
    }


def test_also_of_a_pin_that_no_district_holds_any_more(admin, pin):
    """Saving the place as well would ask for its district anew, and find none."""
    today = timezone.localdate()
    for district in District.objects.all():
        district.responsibility_set.update(valid_to=today)
        District.objects.filter(pk=district.pk).update(valid_to=today)

    response = admin.post(
        change(pin), {"kind": "keep", "theme": pin.theme_id, **inline_forms()}
    )

    assert response.status_code == 302
    pin.refresh_from_db()
    assert pin.kind == "keep"


def test_nobody_adds_or_deletes_a_pin(admin, pin):
    assert admin.get(f"{PINS}add/").status_code == 403
    assert admin.post(f"{PINS}add/", {}).status_code == 403
    delete = reverse("admin:pins_pin_delete", args=[pin.pk])
    assert admin.get(delete).status_code == 403
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    response = admin.post(
        PINS, {"action": "delete_selected", "_selected_action": [pin.pk], "post": "yes"}
    )
    assert response.status_code in {200, 302}
    assert Pin.objects.exists()


def test_history_is_not_edited_here(admin, pin):
    steps = StatusChange.objects.count(), VisibilityChange.objects.count()
    forms = inline_forms() | {
        "status_changes-TOTAL_FORMS": 1,
        "status_changes-0-to_status": "done",
        "status_changes-0-from_status": "received",
    }

    admin.post(change(pin), {"kind": "keep", "theme": pin.theme_id, **forms})

    assert steps == (StatusChange.objects.count(), VisibilityChange.objects.count())


def test_nothing_is_published_in_the_list(admin):
    """Who publishes has read the words, and the list shows the title alone."""
    pin = make_pin(visibility=Visibility.SUBMITTED)

    admin.post(PINS, {"action": "publish", "_selected_action": [pin.pk]})

    pin.refresh_from_db()
    assert pin.visibility == Visibility.SUBMITTED


@pytest.mark.parametrize(
    "query",
    [
        {"idempotency_key__gte": "00000000-0000-0000-0000-000000000000"},
        {"idempotency_key": "00000000-0000-0000-0000-000000000000"},
        {"token_hash__startswith": "a"},
        {"contact__email__contains": "kim"},
    ],
)
def test_nobody_finds_out_secrets_by_asking_piece_by_piece(admin, pin, query):
    make_contact(pin)

    assert admin.get(PINS, query).status_code == 400


def give(user, codename):
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=codename))


class TestContacts:
    def test_found_by_reference_without_showing_the_address(self, admin, pin):
        contact = make_contact(pin)

        response = admin.get(CONTACTS, {"q": pin.reference})

        assert pin.reference in text_of(response)
        assert contact.email not in response.content.decode()

    def test_seen_and_not_changed(self, admin, pin):
        contact = make_contact(pin)
        url = reverse("admin:pins_contact_change", args=[contact.pk])

        assert contact.email in text_of(admin.get(url))
        assert admin.post(url, {"email": "other@example.org"}).status_code == 403
        assert admin.get(f"{CONTACTS}add/").status_code == 403

    def test_erased_without_a_trace_of_the_address(self, admin, pin):
        contact = make_contact(pin)

        admin.post(
            reverse("admin:pins_contact_delete", args=[contact.pk]), {"post": "yes"}
        )

        assert not Contact.objects.exists()
        assert Pin.objects.exists()
        entry = LogEntry.objects.get()
        assert "kim" not in f"{entry.object_repr} {entry.change_message}"


@pytest.mark.parametrize("url", [PINS, CONTACTS, "/admin/"])
def test_only_for_staff(client, db, url):
    assert client.get(url).status_code == 302
    client.force_login(make_moderator())
    assert client.get(url).status_code == 302


class TestComments:
    @pytest.fixture
    def comment(self, boss):
        return make_comment(make_pin(), text="<script>alert(1)</script>")

    def test_they_are_looked_up_and_not_changed(self, admin, comment):
        page = reverse("admin:pins_comment_change", args=[comment.pk])

        assert comment.pin.reference in text_of(admin.get(COMMENTS))
        found = admin.get(COMMENTS, {"q": comment.pin.reference})
        assert comment.pin.reference in text_of(found)
        response = admin.get(page)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert admin.post(page, {"text": "Anders."}).status_code == 403
        assert admin.get(f"{COMMENTS}add/").status_code == 403
        assert admin.post(page.replace("change", "delete")).status_code == 403
        comment.refresh_from_db()
        assert comment.text == "<script>alert(1)</script>"

    @pytest.mark.parametrize("secret", ["idempotency_key", "token_hash__startswith"])
    def test_nobody_asks_for_what_opens_the_own_link(self, admin, comment, secret):
        response = admin.get(COMMENTS, {secret: str(comment.idempotency_key)})

        assert response.status_code == 400


def test_who_follows_is_found_by_their_address_and_erased(admin, pin):
    follow = make_follow(pin_id=pin.pk)
    make_follow("dana@example.org", district_slug="hohenecken")

    listed = text_of(admin.get(f"{MAILBOXES}?q=lou%40example.org"))
    assert f"#{follow.mailbox_id}" in listed
    # Looked for, and not listed: who only works there reads no addresses.
    assert "dana@" not in listed
    page = reverse("admin:pins_mailbox_change", args=[follow.mailbox_id])
    assert "lou@example.org" in text_of(admin.get(page))
    assert admin.post(page, {"email": "x@example.org"}).status_code == 403
    assert admin.get(f"{MAILBOXES}add/").status_code == 403

    delete = reverse("admin:pins_mailbox_delete", args=[follow.mailbox_id])
    assert admin.post(delete, {"post": "yes"}).status_code == 302

    assert Mailbox.objects.get().email == "dana@example.org"
    assert Follow.objects.count() == 1
    assert "lou@" not in "".join(LogEntry.objects.values_list("object_repr", flat=True))
