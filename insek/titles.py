"""A title for what somebody said in one go."""

from pins.models.pin import TITLE_LENGTH

SHORT = 60


def title_from(text: str) -> str:
    """Return the first words of a text, at most 60 characters, as its title.

    The first sentence where it is that short, else as many whole words as fit.
    """
    words = " ".join(text.split())
    for end in (". ", "! ", "? "):
        sentence = words.split(end, 1)[0]
        if end in words and TITLE_LENGTH[0] <= len(sentence) <= SHORT:
            words = sentence + end.strip(". ")
    if len(words) <= SHORT:
        return words.rstrip(".")
    short = words[: SHORT - 1]
    whole = short.rsplit(" ", 1)[0] if " " in short else short
    return f"{whole if len(whole) >= TITLE_LENGTH[0] else short}…"
