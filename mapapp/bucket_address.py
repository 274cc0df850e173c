"""The bucket of S3-compatible storage that `MAPAPP_MEDIA_S3_URL` names."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from mapapp import environment as env

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*|")
REGION = re.compile(r"[a-z0-9-]{1,40}")
# The first one finds a bucket wherever it is; the second is what AWS wants of new ones.
ADDRESSING = ("path", "virtual")
SECONDS = range(1, 61)
USUAL = {"region": "us-east-1", "addressing": ADDRESSING[0], "timeout": "5"}
HINT = (
    "Write https://key:secret@s3.example.de/bucket, with %XX for special characters, "
    "a folder behind the bucket where it holds more than this site, and "
    "?region=…&addressing=path&timeout=5 (or addressing=virtual) where that is needed."
)


@dataclass(frozen=True)
class BucketAddress:
    """Where the files lie, and what opens the door; `timeout` is in seconds."""

    endpoint: str
    bucket: str
    folder: str
    region: str
    addressing: str
    timeout: int
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    def storage(self) -> dict[str, Any]:
        """Return the entry of Django's STORAGES."""
        options = {
            "endpoint_url": self.endpoint,
            "bucket_name": self.bucket,
            "location": self.folder,
            "region_name": self.region,
            "addressing_style": self.addressing,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "timeout": self.timeout,
        }
        return {"BACKEND": "trust.bucket.Bucket", "OPTIONS": options}


def read(name: str) -> BucketAddress | None:
    """Return the bucket that a variable names, None where it is unset or empty.

    Raises ImproperlyConfigured for anything else, and says nothing of it: it holds the
    secret key. What is misspelt must not be taken for left out.
    """
    value = env.text(name, "")
    if not value:
        return None
    try:
        return _read(value)
    except ValueError as error:
        message = f"{name} {error}. {HINT}"
        raise ImproperlyConfigured(message) from None


def _read(value: str) -> BucketAddress:
    parts = _split(value)
    bucket, _slash, folder = parts.path.strip("/").partition("/")
    options = _options(parts.query)
    if parts.fragment or any(letter.isspace() for letter in value):
        raise ValueError("holds a character that has to be written as %XX")
    if not BUCKET.fullmatch(bucket):
        raise ValueError("names no bucket")
    if not FOLDER.fullmatch(folder):
        raise ValueError("names a folder that cannot be one")
    if not (parts.username and parts.password):
        raise ValueError("lacks the key or its secret")
    return BucketAddress(
        endpoint=_endpoint(parts),
        bucket=bucket,
        folder=folder,
        region=options["region"],
        addressing=options["addressing"],
        timeout=int(options["timeout"]),
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
    )


def _split(value: str) -> SplitResult:
    try:
        return urlsplit(value)
    except ValueError:
        raise ValueError("cannot be read as an address") from None


def _endpoint(parts: SplitResult) -> str:
    """Return scheme, host and port; http only within a machine or its own network."""
    try:
        port = parts.port
    except ValueError:
        raise ValueError("names a port that is none") from None
    host = parts.hostname or ""
    if not host or parts.scheme not in {"https", "http"}:
        raise ValueError("is no address of S3-compatible storage")
    if parts.scheme == "http" and not _is_near(host):
        raise ValueError("would send photos across the internet in the clear")
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}{f':{port}' if port else ''}"


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        # A name of the machine, or of a network of containers.
        return "." not in host


def _options(query: str) -> dict[str, str]:
    given = dict(parse_qsl(query, keep_blank_values=True))
    if given.keys() - USUAL.keys():
        raise ValueError("ends in something unknown")
    options = USUAL | given
    if not REGION.fullmatch(options["region"]):
        raise ValueError("names a region that cannot be one")
    if options["addressing"] not in ADDRESSING:
        raise ValueError("names a way of addressing that is none")
    timeout = options["timeout"]
    if not (timeout.isascii() and timeout.isdigit() and int(timeout) in SECONDS):
        raise ValueError("names no number of seconds from 1 to 60")
    return options
