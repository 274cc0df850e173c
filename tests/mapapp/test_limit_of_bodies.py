"""A body beyond the limit is answered before it is read."""

import pytest
from django.conf import settings

LIMIT = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.parametrize(
    ("length", "status"),
    [(LIMIT + 1, 413), ("9" * 30, 413), (LIMIT, 403), ("", 403), ("viel", 403)],
)
def test_by_the_length_that_is_announced(client, length, status):
    client.handler.enforce_csrf_checks = True

    response = client.generic(
        "POST", "/healthz", b"x", "text/plain", CONTENT_LENGTH=length
    )

    assert response.status_code == status
