"""Tokens by which programs fetch the files of a desk: made, used, ended."""

import base64
import datetime

import pytest
from django.test import Client
from django.utils import timezone

from councils.models import Membership, Sitting
from districts.models import Body
from exports.models import PullToken, PullTokenUse
from exports.pulling.tokens import (
    AT_MOST,
    LOG_LIFETIME,
    SHOWN_FOR,
    forget_old,
)
from pins.own_link import hash_token
from tests.factories import (
    broken_constraint,
    make_editor,
    make_member,
    make_moderator,
    make_pin,
    make_planner,
    make_sitting,
    make_user,
)
from tests.pages import fields_of, text_of
from trust.register import erase_due

HOHENECKEN, DANSENBERG = "ortsbeirat-hohenecken", "ortsbeirat-dansenberg"
PAGE = f"/desk/{HOHENECKEN}/files/"
FILE = f"/desk/{HOHENECKEN}/pins.geojson"
BOTH = ["contributions", "sittings"]
GARBAGE = [
    "",
    "mmk_",
    "mmk_" + "a" * 43,
    "mmk_" + "a" * 10_000,
    "mmk_" + "ä" * 43,
    "' OR 1=1 --",
    "x" * 47,
]


@pytest.fixture
def body(city):
    make_pin(title="Zebrastreifen")
    make_pin(district=15, title="Wärmenetz")
    return Body.objects.get(slug=HOHENECKEN)


@pytest.fixture
def member(client, body):
    """Sign in a simple member: files are for everyone at the desk."""
    user = make_member(body, role=Membership.Role.MEMBER)
    client.force_login(user)
    return user


def sent(client, **fields):
    """Return the form of the page as somebody fills it in."""
    values = {"name": "QGIS im Büro", "scopes": BOTH, "lifetime": "90"}
    return {"key": fields_of(client.get(PAGE))["key"]} | values | fields


def make(client, **fields):
    """Make a token at the page; return its text."""
    response = client.post(PAGE, sent(client, **fields))
    assert response.status_code == 201
    return response.context["examples"].token


def fetch(text, path=FILE, *, scheme="Bearer", method="get"):
    """Ask as a program does: without a session or a form's token."""
    return getattr(Client(enforce_csrf_checks=True), method)(
        path, headers={"Authorization": f"{scheme} {text}"}
    )


def as_password(text, name="token"):
    return base64.b64encode(f"{name}:{text}".encode()).decode()


# --- Making -----------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash(client, member):
    response = client.post(PAGE, sent(client))

    text = response.context["examples"].token
    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    assert text in response.content.decode()
    token = PullToken.objects.get()
    assert token.token_hash == hash_token(text)
    assert (token.owner, token.body.slug, token.scopes) == (member, HOHENECKEN, BOTH)
    days = token.expires_at - token.created_at
    assert days == datetime.timedelta(days=90)
    for page in (PAGE, f"{PAGE}tokens/{token.pk}/"):
        shown = client.get(page).content.decode()
        assert "QGIS im Büro" in shown
        assert text not in shown


def test_tokens_differ(client, member):
    assert len({make(client) for _ in range(3)}) == 3


def test_sent_twice_it_is_one_token(client, member):
    form = sent(client)

    texts = {client.post(PAGE, form).context["examples"].token for _ in range(2)}

    assert len(texts) == 1
    assert PullToken.objects.count() == 1


def test_the_key_of_a_form_is_of_no_use_to_others(client, member, body):
    form = sent(client)
    mine = client.post(PAGE, form).context["examples"].token

    client.force_login(make_member(body, "colleague"))

    assert client.post(PAGE, form).context["examples"].token != mine


def test_loaded_again_later_it_is_not_shown_again(client, member):
    form = sent(client)
    text = client.post(PAGE, form).context["examples"].token
    earlier = timezone.now() - SHOWN_FOR - datetime.timedelta(seconds=1)
    PullToken.objects.update(created_at=earlier)

    response = client.post(PAGE, form)

    assert response.status_code == 409
    assert text not in response.content.decode()
    assert "bereits" in text_of(response) or "already" in text_of(response)


def test_once_used_it_is_not_shown_again(client, member):
    form = sent(client)
    text = client.post(PAGE, form).context["examples"].token
    assert fetch(text).status_code == 200

    assert client.post(PAGE, form).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", "NUL \x00"),
        ("scopes", []),
        ("scopes", ["everything"]),
        ("lifetime", ""),
        ("lifetime", "36500"),
        ("key", ""),
        ("key", "1"),
        ("key", "g" * 64),
    ],
)
def test_garbage_is_refused_and_what_was_typed_stays(client, member, field, value):
    response = client.post(PAGE, sent(client, **{field: value}))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not PullToken.objects.exists()
    if field != "name":
        assert fields_of(response)["name"] == "QGIS im Büro"


def test_nobody_needs_more_than_so_many(client, member, body):
    for number in range(AT_MOST):
        make_token_row(member, body, token_hash=str(number))

    response = client.post(PAGE, sent(client))

    assert response.status_code == 422
    assert PullToken.objects.count() == AT_MOST
    PullToken.objects.filter(token_hash="0").update(revoked_at=timezone.now())
    assert client.post(PAGE, sent(client)).status_code == 201


def make_token_row(owner, body, **fields):
    values = {
        "name": "x",
        "scopes": BOTH,
        "expires_at": timezone.now() + datetime.timedelta(days=1),
    }
    return PullToken.objects.create(owner=owner, body=body, **values | fields)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"scopes": []}, "pulltoken_scopes_known"),
        ({"scopes": ["everything"]}, "pulltoken_scopes_known"),
        (
            {"expires_at": timezone.now() - datetime.timedelta(days=1)},
            "pulltoken_expires_after_it_was_made",
        ),
    ],
)
def test_the_database_knows_what_a_token_is(member, body, fields, name):
    with pytest.raises(Exception, match=name) as error:
        make_token_row(member, body, **fields)
    assert broken_constraint(error.value) == name


# --- Using ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "write"),
    [("Bearer", str), ("bearer", str), ("Basic", as_password), ("BASIC", as_password)],
)
def test_a_program_fetches_what_the_desk_lists(client, member, scheme, write):
    response = fetch(write(make(client)), scheme=scheme)

    assert response.status_code == 200
    content = response.getvalue().decode()
    assert "Zebrastreifen" in content
    assert "Wärmenetz" not in content


def test_filters_and_formats_are_those_of_the_desk(client, member):
    text = make(client)

    assert b"Zebrastreifen" not in fetch(text, f"{FILE}?kind=keep").getvalue()
    assert fetch(text, f"{FILE}?kind=wish").status_code == 400
    assert fetch(text, f"/desk/{HOHENECKEN}/pins.exe").status_code == 404
    for path in (f"/desk/{HOHENECKEN}/pins.xlsx", f"/en/desk/{HOHENECKEN}/pins.gpkg"):
        assert fetch(text, path).getvalue()


def test_each_scope_opens_its_files_and_no_other(client, member, body):
    sitting = make_sitting(body, state=Sitting.State.INVITED)
    papers = [
        f"/desk/{HOHENECKEN}/sittings/{sitting.pk}/{name}"
        for name in ("dossier.xlsx", "agenda.docx", "pins.geojson")
    ]
    one, other = make(client, scopes=BOTH[:1]), make(client, scopes=BOTH[1:])

    for path in papers:
        assert fetch(one, path).status_code == 403, path
        assert fetch(other, path).getvalue(), path
    assert fetch(one).status_code == 200
    assert fetch(other).status_code == 403


# Who sits at which desk, and what a token made there opens: the file of the own desk, and
# that of another body.
ROLES = {
    "chair": (200, 403),
    "clerk": (200, 403),
    "member": (200, 403),
    "planner": (200, 403),
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_its_own_desk_alone(client, body, role):
    user = make_planner() if role == "planner" else make_member(body, role=role)
    client.force_login(user)
    text = make(client)
    own, foreign = ROLES[role]

    assert fetch(text).status_code == own
    response = fetch(text, f"/desk/{DANSENBERG}/pins.geojson")
    assert response.status_code == foreign
    assert "insufficient_scope" in response["WWW-Authenticate"]
    assert fetch(text, "/desk/nowhere/pins.geojson").status_code == foreign


@pytest.mark.parametrize(
    "somebody", [make_user, make_moderator, make_editor], ids=lambda make: make.__name__
)
def test_without_a_seat_there_are_no_tokens(client, body, somebody):
    client.force_login(somebody())

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"name": "x"}).status_code == 404
    assert not PullToken.objects.exists()


def test_members_of_another_body_have_no_tokens_here(client, body):
    client.force_login(make_member(Body.objects.get(slug=DANSENBERG)))

    assert client.get(PAGE).status_code == 404


def test_nobody_signed_in_is_led_to_sign_in(client, body):
    assert client.get(PAGE).status_code == 302
    assert client.get(FILE).status_code == 302


ENDS = {
    "revoked": lambda token: PullToken.objects.update(revoked_at=timezone.now()),
    "expired": lambda token: PullToken.objects.update(
        created_at=timezone.now() - datetime.timedelta(days=2),
        expires_at=timezone.now() - datetime.timedelta(seconds=1),
    ),
    "owner is inactive": lambda token: (
        type(token.owner).objects.filter(pk=token.owner_id).update(is_active=False)
    ),
    "token is gone": lambda token: token.delete(),
}


@pytest.mark.parametrize("how", ENDS)
def test_what_has_ended_opens_nothing(client, member, how):
    text = make(client)
    ENDS[how](PullToken.objects.get())

    response = fetch(text)

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert 'error="invalid_token"' in response["WWW-Authenticate"]
    assert not PullTokenUse.objects.filter(status=200).exists()


def test_leaving_the_body_ends_it(client, member):
    text = make(client)
    Membership.objects.update(valid_to=timezone.localdate())

    response = fetch(text)

    assert response.status_code == 403
    assert PullTokenUse.objects.get().status == 403


def test_who_comes_back_has_it_again(client, member, body):
    """Its rights are those of its owner at the moment, in both directions."""
    text = make(client)
    Membership.objects.update(valid_to=timezone.localdate())
    assert fetch(text).status_code == 403
    Membership.objects.create(user=member, body=body, role="clerk")

    assert fetch(text).status_code == 200


@pytest.mark.parametrize("text", GARBAGE)
@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
def test_garbage_opens_nothing(client, member, scheme, text):
    make(client)
    sent_text = as_password(text) if scheme == "Basic" else text

    assert fetch(sent_text, scheme=scheme).status_code == 401


@pytest.mark.parametrize("rest", ["", "%%%", "/w==", "bmFtZQ=="])
def test_a_password_that_is_none(client, member, rest):
    make(client)

    assert fetch(rest, scheme="Basic").status_code == 401


@pytest.mark.parametrize("scheme", ["Digest", "Token", ""])
def test_other_schemes_are_strangers(client, member, scheme):
    assert fetch(make(client), scheme=scheme).status_code == 302


def test_the_token_counts_and_not_the_session(client, member, body):
    """A browser that has both is not let in by the other."""
    text = make(client)
    ENDS["revoked"](None)

    response = client.get(FILE, headers={"Authorization": f"Bearer {text}"})

    assert response.status_code == 401


@pytest.mark.parametrize(
    "path",
    [f"/desk/{HOHENECKEN}/", PAGE, "/desk/", "/moderation/", "/planning/", "/admin/"],
)
def test_pages_know_of_no_tokens(client, member, path):
    assert fetch(make(client), path).status_code == 302


def test_open_data_need_none(client, member):
    assert fetch("garbage", "/exports/pins.csv").status_code == 200


def test_it_only_reads(client, member):
    text = make(client)

    response = fetch(text, method="post")

    assert response.status_code == 405


def test_no_session_comes_of_it(client, member):
    response = fetch(make(client))

    assert not response.cookies


# --- What it has fetched ----------------------------------------------------------------


def test_each_use_is_written_down(client, member):
    text = make(client)

    response = fetch(text, f"{FILE}?q=Zebrastreifen")
    size = len(response.getvalue())

    use = PullTokenUse.objects.get()
    assert (use.what, use.status, use.size) == (FILE.removeprefix("/desk/"), 200, size)
    token = PullToken.objects.get()
    assert token.last_used_at == use.at
    page = text_of(client.get(f"{PAGE}tokens/{token.pk}/"))
    assert use.what in page


def test_files_and_refusals_are_counted_too(client, member):
    text = make(client)

    book = fetch(text, f"/desk/{HOHENECKEN}/pins.xlsx")
    refused = fetch(text, f"{FILE}?kind=wish")
    fetch(text, method="head")

    sizes = {(use.status, use.size) for use in PullTokenUse.objects.all()}
    assert sizes == {
        (200, len(book.getvalue())),
        (400, len(refused.content)),
        (200, 0),
    }


def test_a_client_that_goes_away_is_counted_as_far_as_it_came(client, member):
    response = fetch(make(client))

    first = next(iter(response))
    # As the server does; the test's own connection has to stay.
    for close in response._resource_closers:
        close()

    assert PullTokenUse.objects.get().size == len(first)


def test_from_where_is_not_written_down(client, member):
    names = {field.name for field in PullTokenUse._meta.get_fields()}

    assert names == {"id", "token", "at", "what", "status", "size"}


def test_what_was_long_ago_is_forgotten(client, member):
    fetch(make(client)).getvalue()
    now = timezone.now()
    assert forget_old(now) == 0

    PullTokenUse.objects.update(at=now - LOG_LIFETIME - datetime.timedelta(days=1))
    assert forget_old(now) == 1

    PullToken.objects.update(
        created_at=now - 3 * LOG_LIFETIME, expires_at=now - 2 * LOG_LIFETIME
    )
    assert forget_old(now) == 1
    assert not PullToken.objects.exists()


# --- Ending -----------------------------------------------------------------------------


def test_its_owner_revokes_it(client, member):
    text = make(client)
    token = PullToken.objects.get()

    for _ in range(2):
        response = client.post(f"{PAGE}tokens/{token.pk}/revoke")
        assert response.status_code == 302
        assert response["Location"] == PAGE

    first = PullToken.objects.get().revoked_at
    assert first is not None
    assert fetch(text).status_code == 401
    assert "QGIS im Büro" in text_of(client.get(PAGE))


def test_nobody_else_sees_or_revokes_it(client, member, body):
    make(client)
    own = f"{PAGE}tokens/{PullToken.objects.get().pk}/"
    for user in (make_member(body, "colleague"), make_planner(), make_user()):
        client.force_login(user)
        assert client.get(own).status_code == 404
        assert client.post(f"{own}revoke").status_code == 404
        assert "QGIS im Büro" not in client.get(PAGE).content.decode()

    assert PullToken.objects.get().revoked_at is None


@pytest.mark.parametrize("path", ["tokens/999999/", "tokens/999999/revoke"])
def test_no_such_token(client, member, path):
    method = client.post if path.endswith("revoke") else client.get
    assert method(f"{PAGE}{path}").status_code == 404


def test_wrong_methods(client, member):
    make(client)
    own = f"{PAGE}tokens/{PullToken.objects.get().pk}/"

    assert client.get(f"{own}revoke").status_code == 405
    assert client.post(own).status_code == 405
    assert client.put(PAGE).status_code == 405


def test_the_page_costs_few_queries(
    client, member, body, django_assert_max_num_queries
):
    for number in range(5):
        make_token_row(member, body, token_hash=str(number))

    with django_assert_max_num_queries(12):
        client.get(PAGE)


# --- In the admin -----------------------------------------------------------------------


def test_the_operator_sees_and_ends_them(client, member, admin_client):
    text = make(client)
    token = PullToken.objects.get()
    url = "/admin/exports/pulltoken/"

    assert "QGIS im Büro" in text_of(admin_client.get(url, {"q": "hohenecken"}))
    assert admin_client.get(f"{url}{token.pk}/change/").status_code == 200
    assert admin_client.get(f"{url}add/").status_code == 403
    assert admin_client.post(f"{url}{token.pk}/delete/").status_code == 403
    chosen = {"action": "end", "_selected_action": [token.pk]}
    assert admin_client.post(url, chosen).status_code == 302

    assert fetch(text).status_code == 401


def test_who_tries_many_tokens_waits(client, member, settings):
    settings.LIMITS = {"wrong-keys": 2}
    text = make(client)
    assert fetch(text).status_code == 200
    assert [fetch("mk_wrong").status_code for _ in range(3)] == [401, 401, 429]

    guessed = fetch(text)

    assert guessed.status_code == 429
    assert 0 < int(guessed["Retry-After"]) <= 3600
    assert PullTokenUse.objects.count() == 1


def test_the_register_forgets_it_too(client, member, caplog):
    fetch(make(client)).getvalue()
    PullTokenUse.objects.update(at=timezone.now() - 2 * LOG_LIFETIME)

    with caplog.at_level("INFO"):
        erase_due(["ended-tokens"], dry_run=False)

    assert not PullTokenUse.objects.exists()
    assert "ended-tokens: 1 erased." in caplog.text


def test_rows_say_what_they_are(client, member):
    fetch(make(client)).getvalue()

    assert str(PullToken.objects.get()) == "QGIS im Büro"
    assert str(PullTokenUse.objects.get()) == f"{FILE.removeprefix('/desk/')} (200)"
