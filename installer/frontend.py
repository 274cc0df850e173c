"""Browser libraries: installed from npm by lock file, copied into `static/vendor/`.

The repository holds no library code and the site loads none from a third party: npm
checks every package against the lock file's hashes, and only the few files the pages use
are copied, each package into a folder that carries its version.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from installer import virtualenv
from installer.console import Console
from installer.errors import SetupError

OLDEST_NODE = 20
ICON_LIST = Path("static/icons.txt")
SUBSETS = ("latin", "latin-ext")
WEIGHTS = (400, 500, 600)


@dataclass(frozen=True)
class Package:
    """What is copied of one npm package: glob patterns below its `base` folder."""

    name: str
    base: str
    files: tuple[str, ...]
    licence: str

    @property
    def folder(self) -> str:
        """Return the name of the folder below `static/vendor/`, without the version."""
        return self.name.removeprefix("@").replace("/", "-")


FIRA_SANS = Package(
    "@fontsource/fira-sans",
    "files",
    tuple(f"fira-sans-{s}-{w}-normal.woff2" for s in SUBSETS for w in WEIGHTS),
    "LICENSE",
)
ICONS = Package("@tabler/icons", "icons", (), "LICENSE")
PACKAGES = (
    Package("@kern-ux/native", "dist", ("kern.min.css",), "LICENSE.md"),
    Package(
        "maplibre-gl",
        "dist",
        ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"),
        "LICENSE.txt",
    ),
    Package(
        "leaflet", "dist", ("leaflet.js", "leaflet.css", "images/*.png"), "LICENSE"
    ),
    FIRA_SANS,
    ICONS,
)


def install(root: Path, local: Path, console: Console) -> None:
    """Fill `root/static/vendor/` from npm; do nothing where it is up to date.

    `local` is the folder for everything that is not the repository's. Raises SetupError
    where there is no Node, no network, or a package is not what the lock file says.
    """
    vendor = root / "static" / "vendor"
    stamp = vendor / ".installed"
    wanted = _fingerprint(root)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    npm = find_npm(local, console)
    with console.step("Installing the browser libraries"):
        modules = npm_ci(root, local / "npm", npm, settings=root / ".npmrc")
        fresh = local / "vendor-new"
        shutil.rmtree(fresh, ignore_errors=True)
        copy_packages(modules, fresh, read_icon_names(root / ICON_LIST))
        (fresh / ".installed").write_text(wanted, encoding="utf-8")
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.move(fresh, vendor)
        shutil.rmtree(local / "npm")


def copy_packages(modules: Path, target: Path, icon_names: list[str]) -> None:
    """Copy what the pages use from `node_modules` into one folder for each package.

    Raises SetupError where a file or an icon is missing.
    """
    for package in PACKAGES:
        source = modules / package.name
        version = json.loads((source / "package.json").read_text("utf-8"))["version"]
        folder = target / f"{package.folder}-{version}"
        folder.mkdir(parents=True)
        shutil.copy(source / package.licence, folder)
        for pattern in package.files:
            _copy_matching(source / package.base, pattern, folder)
        if package is FIRA_SANS:
            css = "\n".join(
                font_faces((source / f"{weight}.css").read_text("utf-8"))
                for weight in WEIGHTS
            )
            (folder / "fira-sans.css").write_text(css, encoding="utf-8")
        if package is ICONS:
            sprite = icon_sprite(source / package.base / "outline", icon_names)
            (folder / "sprite.svg").write_text(sprite, encoding="utf-8")


def read_icon_names(path: Path) -> list[str]:
    """Return the names in the icon list; blank lines and `#` comments are skipped."""
    lines = (
        line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines()
    )
    return sorted({line for line in lines if line})


def icon_sprite(folder: Path, names: list[str]) -> str:
    """Return one SVG with a symbol for each icon, to be used as `sprite.svg#name`.

    Raises SetupError where the package has no icon of that name.
    """
    symbols = []
    for name in names:
        file = folder / f"{name}.svg"
        if not file.exists():
            message = f"{ICON_LIST} names the icon “{name}”, which does not exist."
            raise SetupError(message, "Names are listed at tabler.io/icons.")
        shapes = re.findall(
            r"<(?!/|svg\b|path stroke=\"none\")[^>]+/>", file.read_text("utf-8")
        )
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" '
            'stroke="currentColor" stroke-width="2" stroke-linecap="round" '
            f'stroke-linejoin="round">{"".join(shapes)}</symbol>'
        )
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def font_faces(css: str) -> str:
    """Keep the @font-face rules of the wanted subsets, with their WOFF2 file alone."""
    rules = []
    for subset in SUBSETS:
        pattern = rf"/\* fira-sans-{subset}-\d+-normal \*/\s*(@font-face {{.*?}})"
        found = re.search(pattern, css, re.DOTALL)
        if found is None:
            message = f"Fira Sans has no subset “{subset}” any more."
            raise SetupError(message)
        rules.append(
            re.sub(r"src: url\(\./files/(.*?\.woff2)\).*?;", r"src: url(\1);", found[1])
        )
    return "\n".join(rules)


def _copy_matching(base: Path, pattern: str, folder: Path) -> None:
    found = sorted(base.glob(pattern))
    if not found:
        message = f"The npm package has no file {base.name}/{pattern} any more."
        raise SetupError(message)
    for file in found:
        copy = folder / file.relative_to(base)
        copy.parent.mkdir(exist_ok=True)
        if file.suffix == ".js":
            # collectstatic would look for the source map, which is not copied.
            text = re.sub(r"\n//# sourceMappingURL=\S+", "", file.read_text("utf-8"))
            copy.write_text(text, encoding="utf-8")
        else:
            shutil.copy(file, copy)


def _fingerprint(root: Path) -> str:
    """Return a hash of everything that decides what ends up in `static/vendor/`."""
    digest = hashlib.sha256()
    for file in (root / "package-lock.json", root / ICON_LIST, Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def find_npm(local: Path, console: Console) -> list[str]:
    """Return the command of npm: the machine's, or one that is installed for it.

    Raises SetupError where that fails.
    """
    return _npm_of_the_machine() or _install_node(local, console)


def _npm_of_the_machine() -> list[str] | None:
    """Return the command of the machine's npm where its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.match(r"v(\d+)", version)
    return [npm] if found and int(found[1]) >= OLDEST_NODE else None


def _install_node(local: Path, console: Console) -> list[str]:
    """Install Node from its wheel into a virtual environment of its own (200 MB)."""
    environment = local / "node"
    npm = environment / "bin" / "npm"
    if not npm.exists():
        requirements = Path(__file__).with_name("node-requirements.txt")
        with console.step(f"Installing Node.js (none ≥ {OLDEST_NODE} on this machine)"):
            virtualenv.make(local, environment, requirements, "Node.js")
    return [str(npm)]


def npm_ci(folder: Path, work: Path, npm: list[str], *, settings: Path) -> Path:
    """Install by the lock file of `folder` in `work`; return its `node_modules`.

    `settings` is a file for npm. Raises SetupError.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for file in (folder / "package.json", folder / "package-lock.json", settings):
        shutil.copy(file, work)
    # Nothing of a package may run here: only its files are wanted.
    _run([*npm, "ci", "--ignore-scripts", "--omit=dev", "--loglevel=error"], cwd=work)
    return work / "node_modules"


def _run(command: list[str], cwd: Path | None = None) -> None:
    """Run a command; raise SetupError with the end of its output where it fails."""
    # npm is a script that looks for `node` on the path: let it find the one beside it.
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    result = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        end = "\n".join((result.stdout + result.stderr).strip().splitlines()[-12:])
        message = f"“{' '.join(command)}” failed:\n{end}"
        hint = "Is the network there? Run ./run again; it goes on where it stopped."
        raise SetupError(message, hint)
