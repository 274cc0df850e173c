"""The address of the bucket is read, or refused with a hint that tells no secret."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mapapp import bucket_address

NAME = "MAPAPP_MEDIA_S3_URL"
SECRET = "very/secret+"
GOOD = "https://key:very%2Fsecret%2B@s3.example.de"


def read(monkeypatch: Any, value: str) -> Any:
    monkeypatch.setenv(NAME, value)
    return bucket_address.read(NAME)


@pytest.mark.parametrize("value", ["", None])
def test_without_a_bucket(monkeypatch: Any, value: str | None):
    if value is None:
        monkeypatch.delenv(NAME, raising=False)
    else:
        monkeypatch.setenv(NAME, value)
    assert bucket_address.read(NAME) is None


def test_what_holds_where_nothing_is_said(monkeypatch: Any):
    found = read(monkeypatch, f"{GOOD}/photos")
    assert found.storage() == {
        "BACKEND": "trust.bucket.Bucket",
        "OPTIONS": {
            "endpoint_url": "https://s3.example.de",
            "bucket_name": "photos",
            "location": "",
            "region_name": "us-east-1",
            "addressing_style": "path",
            "access_key": "key",
            "secret_key": SECRET,
            "timeout": 5,
        },
    }
    assert SECRET not in repr(found)


def test_what_is_said_holds(monkeypatch: Any):
    found = read(
        monkeypatch,
        f"{GOOD}:9000/photos/city/a/?region=eu-central-1&addressing=virtual&timeout=20",
    )
    assert (found.endpoint, found.folder) == ("https://s3.example.de:9000", "city/a")
    assert (found.region, found.addressing) == ("eu-central-1", "virtual")
    assert found.timeout == 20


@pytest.mark.parametrize(
    "host", ["localhost:9000", "127.0.0.1", "10.1.2.3:9000", "minio:9000", "[::1]:9000"]
)
def test_in_the_clear_only_nearby(monkeypatch: Any, host: str):
    found = read(monkeypatch, f"http://key:secret@{host}/photos")
    assert found.endpoint == f"http://{host}"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("http://key:very%2Fsecret%2B@s3.example.de/photos", "in the clear"),
        ("http://key:very%2Fsecret%2B@8.8.8.8/photos", "in the clear"),
        ("s3://key:very%2Fsecret%2B@s3.example.de/photos", "no address"),
        ("https://key:very%2Fsecret%2B@/photos", "no address"),
        ("https://key:very%2Fsecret%2B@s3.example.de:x/photos", "port"),
        ("https://key:very%2Fsecret%2B@s3.example.de:99999/photos", "port"),
        ("https://[very%2Fsecret%2B/photos", "cannot be read"),
        (GOOD, "no bucket"),
        (f"{GOOD}/", "no bucket"),
        (f"{GOOD}/Photos", "no bucket"),
        (f"{GOOD}/ph", "no bucket"),
        (f"{GOOD}/photos/../other", "folder"),
        (f"{GOOD}/photos/a//b", "folder"),
        (f"{GOOD}/photos#x", "%XX"),
        (f"{GOOD}/photos ", "%XX"),
        ("https://s3.example.de/photos", "key"),
        ("https://key@s3.example.de/photos", "key"),
        (f"{GOOD}/photos?acl=public", "unknown"),
        (f"{GOOD}/photos?region=", "region"),
        (f"{GOOD}/photos?region=EU west", "%XX"),
        (f"{GOOD}/photos?addressing=dns", "addressing"),
        (f"{GOOD}/photos?timeout=0", "seconds"),
        (f"{GOOD}/photos?timeout=61", "seconds"),
        (f"{GOOD}/photos?timeout=five", "seconds"),
        (f"{GOOD}/photos?timeout=\u0665", "seconds"),
    ],
)
def test_what_is_no_bucket_is_refused(monkeypatch: Any, value: str, problem: str):
    with pytest.raises(ImproperlyConfigured, match=problem) as told:
        read(monkeypatch, value)
    message = str(told.value)
    assert message.startswith(f"{NAME} ")
    assert "https://key:secret@s3.example.de/bucket" in message
    assert "very" not in message
