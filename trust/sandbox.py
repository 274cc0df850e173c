"""Files that somebody has sent: a browser shows or saves them, and never runs them."""

from django.http.response import HttpResponseBase

FILE = "default-src 'none'; frame-ancestors 'none'; sandbox"
# The styles are those of the browser's own page around a picture.
PICTURE = f"style-src 'unsafe-inline'; {FILE}"


def sandboxed(response: HttpResponseBase, *, is_picture: bool = False) -> None:
    """Let a browser take a file for nothing but what its media type says, and only here.

    Whatever is in it has no origin, runs no script, loads nothing and is shown in no frame.
    """
    response["Content-Security-Policy"] = PICTURE if is_picture else FILE
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
