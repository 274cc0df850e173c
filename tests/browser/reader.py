"""Using the site with the keyboard and what a screen reader is told, and nothing else.

The browser's accessibility tree holds what screen readers read: roles, names, states and
descriptions. Nothing here looks at the page's HTML, at colours or at places.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page, expect

# As many stops as the longest page has, and some more.
PATIENCE = 250
IN_CHARGE = {"main": 1, "contentinfo": 1, "banner": 1}
PRESSED = {"button", "link", "checkbox", "radio", "textbox", "searchbox", "combobox"}
MARKED = ("invalid", "checked", "expanded", "pressed", "disabled", "level", "live")


@dataclass(frozen=True)
class Node:
    """One thing that is read out."""

    role: str
    name: str
    description: str
    value: str
    states: dict[str, Any]

    @property
    def is_wrong(self) -> bool:
        return self.states.get("invalid") not in (None, False, "false")


def _node(raw: dict[str, Any]) -> Node:
    def words(key: str) -> str:
        return str(raw.get(key, {}).get("value") or "")

    properties = {p["name"]: p["value"].get("value") for p in raw.get("properties", [])}
    states = {name: properties[name] for name in MARKED if name in properties}
    return Node(
        words("role"), words("name"), words("description"), words("value"), states
    )


class Reader:
    """Somebody who hears the page and has ten fingers on the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.titles: list[str] = []
        self._session = page.context.new_cdp_session(page)
        self._session.send("Accessibility.enable")

    def nodes(self) -> list[Node]:
        """Return all that can be read on the page, in order."""
        raw = self._session.send("Accessibility.getFullAXTree")["nodes"]
        by_id = {one["nodeId"]: one for one in raw}
        found, ahead = [], [raw[0]["nodeId"]]
        while ahead:
            one = by_id[ahead.pop()]
            ahead += [below for below in reversed(one["childIds"]) if below in by_id]
            if not one["ignored"]:
                found.append(_node(one))
        return found

    def focused(self) -> Node:
        """Return what has the focus, once the page is there."""
        self.page.wait_for_load_state()
        self.page.wait_for_function("() => document.activeElement")
        found = self._session.send(
            "Runtime.evaluate", {"expression": "document.activeElement"}
        )
        tree = self._session.send(
            "Accessibility.getPartialAXTree",
            {"objectId": found["result"]["objectId"], "fetchRelatives": False},
        )
        return _node(tree["nodes"][0])

    def arrive(self, title: str) -> None:
        """Hear the title of a page, then learn how it is built."""
        expect(self.page).to_have_title(title)
        # The title comes before all else.
        self.page.wait_for_load_state()
        self.titles.append(self.page.title())
        nodes = self.nodes()
        roles = [node.role for node in nodes]
        for role, times in IN_CHARGE.items():
            assert roles.count(role) == times, (title, role, roles.count(role))
        navigations = [node.name for node in nodes if node.role == "navigation"]
        assert all(navigations), (title, "a navigation without a name")
        assert len(set(navigations)) == len(navigations), (title, navigations)
        levels = [node.states["level"] for node in nodes if node.role == "heading"]
        assert levels.count(1) == 1, (title, levels)
        # A summary of errors may come before it.
        assert 1 in levels[:2], (title, levels)
        steps = pairwise(levels)
        assert all(below - above <= 1 for above, below in steps), (title, levels)
        nameless = [node for node in nodes if node.role in PRESSED and not node.name]
        assert nameless == [], (title, nameless)

    def stops(self) -> Iterator[Node]:
        """Press Tab again and again; yield what has the focus then."""
        for _ in range(PATIENCE):
            self.page.keyboard.press("Tab")
            yield self.focused()

    def to(self, role: str, name: str) -> Node:
        """Go on with Tab until something is reached whose name begins so."""
        passed = []
        for node in self.stops():
            if node.role == role and node.name.startswith(name):
                return node
            passed.append(f"{node.role} “{node.name}”")
        message = f"Tab never came to the {role} “{name}”, only to {passed[:40]}"
        raise AssertionError(message)

    def skip(self) -> None:
        """Take the first link of the page, which leads past what all pages begin with."""
        self.page.keyboard.press("Tab")
        assert self.focused().name == "Skip to content"
        self.page.keyboard.press("Enter")
        assert self.focused().role == "main"

    def press(self, role: str, name: str) -> None:
        """Go to a link or button and press Enter.

        What then comes has to be waited for: by `arrive`, `hears` or `land`.
        """
        self.to(role, name)
        self.page.keyboard.press("Enter")

    def land(self, name: str) -> Node:
        """Have been led to a field of this page; return it."""
        expect(self.page.get_by_role("textbox", name=name)).to_be_focused()
        return self.focused()

    def tick(self, role: str, name: str) -> None:
        """Go to a box and tick it, or among a group's choices with the arrow keys."""
        if role == "checkbox":
            self.to(role, name)
            self.page.keyboard.press("Space")
        else:
            self._choose(name)
        assert self.focused().states["checked"] in (True, "true"), self.focused()

    def _choose(self, name: str) -> None:
        """Tab stops once in a group: at what is chosen, or else at the first."""
        for stop in self.stops():
            first = stop
            while first.role == "radio":
                if stop.name.startswith(name):
                    self.page.keyboard.press("Space")
                    return
                self.page.keyboard.press("ArrowDown")
                stop = self.focused()
                if stop == first:
                    break
            if first.role == "radio":
                continue
        raise AssertionError(f"No group has the choice “{name}”.")

    def write(self, role: str, name: str, text: str) -> Node:
        """Go to a field and type; return it as it was before."""
        field = self.to(role, name)
        self.page.keyboard.type(text)
        return field

    def hears(self, words: str) -> None:
        """Be told something by a part of the page that announces what changes in it."""
        told = self.page.get_by_role("status").or_(self.page.get_by_role("alert"))
        expect(told.filter(has_text=words).first).to_be_attached()
        self.page.wait_for_load_state()
