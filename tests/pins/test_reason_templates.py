"""Moderators write the reasons and questions they start from."""

import pytest

from pins.models import ReasonTemplate
from pins.moderation_forms import ReasonTemplateForm
from tests.factories import make_moderator, make_user
from tests.pages import assert_refused, fields_of, text_of

LIST = "/moderation/reasons/"
SAID = {
    "use": "refuse",
    "title": "Doppelt",
    "text_de": "Das gibt es schon.",
    "text_en": "We have that already.",
}


@pytest.fixture
def staff(client, db):
    client.force_login(make_moderator())
    return client


@pytest.fixture
def template(db):
    return ReasonTemplate.objects.create(**SAID)


def test_some_are_there_from_the_start(staff):
    shown = text_of(staff.get(LIST))
    for found in ReasonTemplate.objects.all():
        assert found.title in shown


def test_none_at_all(staff):
    ReasonTemplate.objects.all().delete()
    assert text_of(staff.get(f"/en{LIST}")).count("There is none yet.") == 2


def test_a_new_one(staff):
    assert fields_of(staff.get(f"{LIST}new"))["use"] == "refuse"

    response = staff.post(f"{LIST}new", SAID)

    assert response["Location"] == LIST
    assert ReasonTemplate.objects.filter(**SAID).exists()


def test_changing_one(staff, template):
    address = f"{LIST}{template.pk}/"
    assert fields_of(staff.get(address))["text_en"] == template.text_en

    staff.post(address, SAID | {"title": "Zweimal gesendet"})

    template.refresh_from_db()
    assert template.title == "Zweimal gesendet"


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("value", ["", "  ", "x" * 4001, "Mit \x1b", None])
def test_what_is_refused(staff, name, value):
    said = SAID | {name: value} if value is not None else dict(SAID)
    if value is None:
        del said[name]
    before = ReasonTemplate.objects.count()

    response = staff.post(f"{LIST}new", said)

    assert_refused(response, name)
    assert ReasonTemplate.objects.count() == before


def test_a_title_twice(staff, template):
    assert_refused(staff.post(f"{LIST}new", SAID), "title")
    # For another use it is another one.
    staff.post(f"{LIST}new", SAID | {"use": "ask"})
    assert ReasonTemplate.objects.filter(title=template.title).count() == 2


def test_a_title_that_somebody_has_just_taken(staff, template, monkeypatch):
    # Taken after the form has looked.
    monkeypatch.setattr(ReasonTemplateForm, "clean", lambda form: form.cleaned_data)
    monkeypatch.setattr(ReasonTemplate, "validate_constraints", lambda *_a, **_k: None)
    assert_refused(staff.post(f"{LIST}new", SAID), "title")


def test_deleting_asks_first(staff, template):
    address = f"{LIST}{template.pk}/delete"
    assert template.title in text_of(staff.get(address))
    assert ReasonTemplate.objects.filter(pk=template.pk).exists()

    assert staff.post(address)["Location"] == LIST
    assert not ReasonTemplate.objects.filter(pk=template.pk).exists()


@pytest.mark.parametrize("path", ["0/", "0/delete", f"{10**20}/"])
def test_one_that_is_not_there(staff, path):
    assert staff.get(LIST + path).status_code == 404


@pytest.mark.parametrize("path", ["", "new", "{}/", "{}/delete"])
def test_it_is_for_moderators(client, template, path):
    address = LIST + path.format(template.pk)
    assert client.get(address).status_code == 302
    client.force_login(make_user())
    assert client.get(address).status_code == 403


def test_the_text_in_the_language_of_the_page(template):
    assert template.text_in("en") == SAID["text_en"]
    assert template.text_in("de") == SAID["text_de"]
