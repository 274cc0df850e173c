"""The demo's templates of answers: loaded twice without harm, and fit to be filled in."""

import pytest

from councils.desk.answers import PLACEHOLDER, fill_in
from councils.models import AnswerTemplate
from mapapp.demo_answers import load_answers
from pins.models import PublicPin
from tests.factories import make_district, make_pin


@pytest.mark.django_db
def test_what_is_missing_is_added_and_what_is_there_stays():
    number = load_answers()
    assert number == AnswerTemplate.objects.filter(body=None).count() > 0
    changed = AnswerTemplate.objects.all()[0]
    AnswerTemplate.objects.filter(pk=changed.pk).update(text="Geändert.")

    assert load_answers() == 0
    changed.refresh_from_db()
    assert changed.text == "Geändert."


@pytest.mark.django_db
def test_they_hold_and_know_their_placeholders():
    make_district(16)
    make_pin()
    load_answers()
    for template in AnswerTemplate.objects.all():
        template.full_clean()
        filled = fill_in(template.text, PublicPin.objects.get())
        assert not PLACEHOLDER.search(filled)
        assert "{" not in filled
