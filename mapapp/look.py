"""The city's own colours in the site's style sheets."""

from django.conf import settings

# What the site has where the city names none, as static/css/site.css has it.
DEEP = "#002970"


def own_colours() -> str:
    """Return the rules for the colours that the city names; empty where it names none.

    They count more than the site's own, which come after them. In dark mode a header is
    the city's, darkened.
    """
    look = settings.CITY.look
    named = {"deep": look.deep, "blue": look.main, "sky": look.accent}
    rules = "".join(
        f"--city-{name}:{colour};" for name, colour in named.items() if colour
    )
    if not rules:
        return ""
    dark = (
        "@media (prefers-color-scheme:dark){html:root{--header-ground:"
        f"color-mix(in srgb,{look.deep} 60%,black)}}}}\n"
        if look.deep
        else ""
    )
    return f"html:root{{{rules}}}\n{dark}"
