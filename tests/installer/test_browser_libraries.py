"""What is copied from npm into static/vendor/, and what stops the set-up."""

import json

import pytest

from installer import frontend
from installer.console import Console
from installer.errors import SetupError

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" stroke="currentColor">\n'
    '  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n'
    '  <path d="M4 12h16" />\n</svg>'
)


def font_css(weight):
    return "\n".join(
        f"/* fira-sans-{subset}-{weight}-normal */\n@font-face {{\n"
        f"  font-weight: {weight};\n"
        f"  src: url(./files/fira-sans-{subset}-{weight}-normal.woff2) format('woff2'), "
        f"url(./files/fira-sans-{subset}-{weight}-normal.woff) format('woff');\n}}"
        for subset in ("cyrillic", "latin-ext", "latin")
    )


@pytest.fixture
def modules(tmp_path):
    """A node_modules folder with every file that the set-up looks for."""
    folder = tmp_path / "node_modules"
    for package in frontend.PACKAGES:
        base = folder / package.name / package.base
        for pattern in package.files:
            file = base / pattern.replace("*", "marker-icon")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("content\n//# sourceMappingURL=somewhere.map")
        base.mkdir(parents=True, exist_ok=True)
        (folder / package.name / package.licence).write_text("Licence")
        about = json.dumps({"version": "1.2.3"})
        (folder / package.name / "package.json").write_text(about)
    for weight in frontend.WEIGHTS:
        css = folder / "@fontsource/fira-sans" / f"{weight}.css"
        css.write_text(font_css(weight))
    (folder / "@tabler/icons/icons/outline").mkdir()
    (folder / "@tabler/icons/icons/outline/minus.svg").write_text(ICON)
    return folder


def test_each_package_gets_a_versioned_folder_with_its_licence(modules, tmp_path):
    frontend.copy_packages(modules, tmp_path / "vendor", ["minus"])

    folders = sorted(path.name for path in (tmp_path / "vendor").iterdir())
    assert folders == [
        "fontsource-fira-sans-1.2.3",
        "kern-ux-native-1.2.3",
        "leaflet-1.2.3",
        "maplibre-gl-1.2.3",
        "tabler-icons-1.2.3",
    ]
    assert len(list((tmp_path / "vendor").glob("*/LICENSE*"))) == len(folders)
    assert (tmp_path / "vendor/leaflet-1.2.3/images/marker-icon.png").exists()


def test_scripts_lose_the_pointer_to_a_source_map_that_is_not_copied(modules, tmp_path):
    frontend.copy_packages(modules, tmp_path / "vendor", ["minus"])

    script = tmp_path / "vendor/leaflet-1.2.3/leaflet.js"
    assert script.read_text() == "content"


def test_fonts_are_the_wanted_subsets_as_woff2(modules, tmp_path):
    frontend.copy_packages(modules, tmp_path / "vendor", ["minus"])

    css = (tmp_path / "vendor/fontsource-fira-sans-1.2.3/fira-sans.css").read_text()
    assert css.count("@font-face") == 6
    assert "src: url(fira-sans-latin-400-normal.woff2);" in css
    assert "cyrillic" not in css


def test_a_subset_that_is_gone_is_named():
    with pytest.raises(SetupError, match="latin"):
        frontend.font_faces("/* fira-sans-greek-400-normal */")


def test_the_sprite_holds_the_shapes_without_the_bounding_box(tmp_path):
    (tmp_path / "minus.svg").write_text(ICON)

    sprite = frontend.icon_sprite(tmp_path, ["minus"])

    assert '<symbol id="minus" viewBox="0 0 24 24"' in sprite
    assert '<path d="M4 12h16" />' in sprite
    assert "M0 0h24v24H0z" not in sprite


def test_an_icon_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(SetupError, match="unicorn"):
        frontend.icon_sprite(tmp_path, ["unicorn"])


def test_a_file_that_is_gone_is_named(modules, tmp_path):
    (modules / "leaflet/dist/leaflet.css").unlink()

    with pytest.raises(SetupError, match=r"leaflet\.css"):
        frontend.copy_packages(modules, tmp_path / "vendor", ["minus"])


def test_the_icon_list_may_hold_comments_and_repeats(tmp_path):
    file = tmp_path / "icons.txt"
    file.write_text("# Heading\n\nbike  # for mobility\nbike\nbell\n")

    assert frontend.read_icon_names(file) == ["bell", "bike"]


@pytest.fixture
def checkout(tmp_path, modules, monkeypatch):
    """A checkout in which installing from npm costs nothing and is counted."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static/icons.txt").write_text("minus\n")
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(frontend, "find_npm", lambda *_: ["npm"])
    runs = []

    def npm_ci(_root, work, _npm, **_settings):
        runs.append(work)
        work.mkdir(parents=True)
        return modules

    monkeypatch.setattr(frontend, "npm_ci", npm_ci)
    return tmp_path, runs


def test_installing_again_does_nothing_until_the_lock_or_the_icons_change(
    checkout, capsys
):
    root, runs = checkout
    frontend.install(root, root / "local", Console())
    frontend.install(root, root / "local", Console())
    assert len(runs) == 1

    (root / "package-lock.json").write_text('{"changed": true}')
    frontend.install(root, root / "local", Console())
    assert len(runs) == 2
    assert capsys.readouterr().out.count("Installing the browser libraries") == 2


def test_a_failing_npm_ends_with_its_last_lines_and_a_hint():
    with pytest.raises(SetupError, match="no such registry") as error:
        frontend._run(["/bin/sh", "-c", "echo no such registry; exit 1"])
    assert "network" in error.value.hint
