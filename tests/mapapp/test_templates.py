"""What holds for all templates and own scripts: no inline code, only icons that exist."""

import re

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from installer.frontend import ICON_LIST, read_icon_names

TEMPLATES = sorted((settings.ROOT / "templates").rglob("*.html"))
# A mail brings its style along: nothing is loaded from anywhere.
PAGES = [template for template in TEMPLATES if template.parent.name != "mail"]
SCRIPTS = sorted((settings.ROOT / "static" / "js").glob("*.js"))


def name_of(path):
    return str(path.relative_to(settings.ROOT))


@pytest.mark.parametrize("template", PAGES, ids=name_of)
def test_no_inline_style_script_or_handler(template):
    text = template.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<style|<script(?![^>]* src=)", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_words_of_people_are_escaped_everywhere(template):
    assert "|safe" not in template.read_text()


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_every_icon_is_in_the_list_the_sprite_is_made_of(template):
    used = set(re.findall(r'\{% icon "([a-z0-9-]+)"', template.read_text()))

    assert used <= set(read_icon_names(settings.ROOT / ICON_LIST))


def test_each_address_is_the_name_of_one():
    """With `as`, a wrong name says nothing: the link leads to the page it stands on."""
    tags = {
        (name_of(template), name)
        for template in TEMPLATES
        for name in re.findall(r"{% url ['\"]([^'\"]+)['\"]", template.read_text())
    }
    known = set(names_of(get_resolver()))

    assert len(tags) > 500
    assert [(where, name) for where, name in sorted(tags) if name not in known] == []


def names_of(resolver, before=""):
    """Yield the names of all addresses, as a template writes them."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names_of(pattern, before + space)
        elif pattern.name:
            yield before + pattern.name


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_scripts_write_text_and_never_markup(script):
    text = script.read_text()

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text
    )
    assert not re.search(r"\beval\(|new Function\(", text)


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_scripts_import_each_other_so_that_the_storage_can_rewrite_it(script):
    imports = re.findall(r"from \"([^\"]+)\";", script.read_text())

    assert all((script.parent / path).exists() for path in imports)
