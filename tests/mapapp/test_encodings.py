"""Requests in other encodings than UTF-8 are answered before Django reads them."""

import pytest

from mapapp import wsgi
from mapapp.wsgi import refuse_other_encodings


def site(environ, start_response):
    start_response("200 OK", [])
    return [b"the site"]


def status_of(application, environ):
    told = []

    def start_response(line, headers, error=None):
        told.append(line)
        return told.append

    list(application(environ, start_response))
    (line,) = told
    return line


@pytest.mark.parametrize(
    "said",
    [
        *(f"charset={n}" for n in ("utf-7", "rot13", "undefined", "idna", "latin-1")),
        "charset=nonsense",
        "charset*=nonsense''utf-8",
        "boundary=x; charset=utf-7",
        "boundary*=nonsense''x",
    ],
)
def test_another_encoding(said):
    environ = {"CONTENT_TYPE": f"multipart/form-data; {said}"}

    assert status_of(refuse_other_encodings(site), environ) == "400 Bad Request"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        *(
            {"CONTENT_TYPE": content_type}
            for content_type in (
                "",
                "multipart/form-data; boundary=x",
                "text/plain; charset=utf-8",
                'text/plain; charset="UTF8"',
            )
        ),
    ],
)
def test_utf_8_however_it_is_written(environ):
    assert status_of(refuse_other_encodings(site), environ) == "200 OK"


def test_whole_site():
    environ = {"CONTENT_TYPE": "text/plain; charset=utf-7", "QUERY_STRING": "q=%2B2AA-"}

    assert status_of(wsgi.application, environ) == "400 Bad Request"
