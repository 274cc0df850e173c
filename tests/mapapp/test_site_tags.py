"""The tags the templates use: vendored files, icons, fields tied to hint and error."""

import json

import pytest
from django import forms
from django.template import Context, Template

from layers.models import Theme


class ShortForm(forms.Form):
    title = forms.CharField(help_text="Short and clear.")
    note = forms.CharField(required=False)


def render(source, **context):
    return Template("{% load site %}" + source).render(Context(context))


def test_a_vendored_file_stands_in_the_folder_of_its_pinned_version(settings):
    pinned = json.loads((settings.ROOT / "package.json").read_text())["dependencies"]

    url = render("{% vendor '@kern-ux/native' 'kern.min.css' %}")

    version = pinned["@kern-ux/native"]
    assert url == f"/static/vendor/kern-ux-native-{version}/kern.min.css"


def test_an_icon_is_decoration():
    assert 'aria-hidden="true"' in render("{% icon 'bike' %}")
    assert "sprite.svg#bike" in render("{% icon 'bike' %}")


def test_the_name_of_an_icon_cannot_break_out():
    assert "<script>" not in render("{% icon name %}", name='"><script>')


def test_a_field_names_its_hint():
    html = render("{% control form.title 'input' %}", form=ShortForm())

    assert 'aria-describedby="id_title-hint"' in html
    assert 'class="input"' in html


def test_a_field_without_a_hint_describes_itself_by_nothing():
    html = render("{% control form.note 'input' %}", form=ShortForm())

    assert "aria-describedby" not in html


def test_a_refused_field_names_its_error_and_says_so():
    html = render("{% control form.title 'input' %}", form=ShortForm({}))

    assert 'aria-describedby="id_title-hint id_title-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input input--error"' in html


def test_further_attributes_get_hyphens():
    html = render("{% control form.note 'input' data_limit=5 %}", form=ShortForm())

    assert 'data-limit="5"' in html


@pytest.mark.parametrize(
    ("data", "expected"),
    [(None, ' aria-describedby="id_title-hint"'), ({}, " id_title-error")],
)
def test_a_group_is_tied_to_hint_and_error(data, expected):
    html = render("{% group_description form.title %}", form=ShortForm(data))

    assert expected.strip() in html


def test_a_group_with_nothing_to_say_has_no_attribute():
    assert render("{% group_description form.note %}", form=ShortForm()) == ""


def test_themes_reach_the_maps_as_data_and_cannot_break_out():
    theme = Theme(slug="x", title_de="</script>", colour="#123456", icon="bike")

    html = render("{% themes_json themes %}", themes=[theme])

    assert html.count("</script>") == 1
    data = json.loads(html[html.index(">") + 1 : html.rindex("<")])
    assert data == [
        {"slug": "x", "title": "</script>", "colour": "#123456", "icon": "bike"}
    ]


def test_names_may_break_after_a_slash_and_stay_escaped():
    html = render("{{ name|breakable }}", name="Lämmchesberg/<b>")

    assert html == "Lämmchesberg/<wbr>&lt;b&gt;"


def test_the_legal_texts_tell_the_terms_of_the_settings(settings):
    assert render("{% contact_days %}") == str(settings.CONTACT_LIFETIME.days)
    assert render("{% own_link_days %}") == str(settings.OWN_LINK_LIFETIME.days)
