"""The files of the site in a bucket of S3-compatible storage, as a disk would have them.

Nothing imports this module but Django's STORAGES, and only where `MAPAPP_MEDIA_S3_URL` names
a bucket: boto3 takes tens of megabytes of every process.
"""

import errno
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import IO, Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from trust.media import MediaAway, rest

# One more than none: an answer that got lost, or a server that asks to come again.
ATTEMPTS = 2
# Bytes that are asked of the wire at a time.
BUFFER = 128 * 1024
READ = "rb"
# As many threads of a process wait for an answer at a time, half of those that serve; the
# others give up after so many seconds, and go on serving what lies elsewhere.
TURNS, WAIT = 2, 1.0
_turns = threading.BoundedSemaphore(TURNS)
# A session makes one connection at a time.
_making = threading.RLock()


@dataclass(frozen=True)
class Stored:
    """A file in the bucket; the size is in bytes."""

    name: str
    size: int
    modified_at: datetime


class Bucket(S3Storage):  # type: ignore[misc] # untyped
    """django-storages' S3, with the errors of a disk, short patience and no public address.

    Every method raises FileNotFoundError where there is no such file, and MediaAway where
    the storage does not answer, refuses, or was asked in vain a moment ago.
    """

    def __init__(self, *, timeout: int, addressing_style: str, **options: Any) -> None:
        # Sums at the end of a body are new, and unknown to many a server that is no AWS.
        config = Config(
            connect_timeout=timeout,
            read_timeout=timeout,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            s3={"addressing_style": addressing_style},
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._session: Any = None
        super().__init__(
            client_config=config,
            # In the thread that asks: others would hold parts of 8 MB each.
            transfer_config=TransferConfig(use_threads=False),
            file_overwrite=False,
            querystring_auth=False,
            default_acl=None,
            **options,
        )

    @property
    def connection(self) -> Any:
        """The connection of this thread; all are made from what one session has read."""
        with _making:
            return super().connection

    def _create_session(self) -> Any:
        if self._session is None:
            self._session = super()._create_session()
        return self._session

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what makes it again, for jobs of Wagtail: without the keys."""
        return "django.core.files.storage.DefaultStorage", [], {}

    def exists(self, name: str) -> bool:
        with _as_on_a_disk(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _as_on_a_disk(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _as_on_a_disk(name):
            modified: datetime = super().get_modified_time(name)
            return modified

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _as_on_a_disk(name):
            folders, files = super().listdir(name)
            return folders, files

    def delete(self, name: str) -> None:
        with _as_on_a_disk(name):
            super().delete(name)

    def url(self, name: str, *args: Any, **options: Any) -> str:
        """Raise NotImplementedError: the application itself hands out every file."""
        raise NotImplementedError("Nobody is sent to the bucket.")

    def walk(self) -> Iterator[Stored]:
        """Yield every file, in the order of their names."""
        pages = iter(
            self.connection.meta.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=self._key("")
            )
        )
        while True:
            with _as_on_a_disk(self.bucket_name):
                page = next(pages, None)
            if page is None:
                return
            for entry in page.get("Contents", ()):
                # Some programs keep a folder as an object of its name.
                if not entry["Key"].endswith("/"):
                    name = entry["Key"].removeprefix(self._key(""))
                    yield Stored(name, entry["Size"], entry["LastModified"])

    def is_shown_to_strangers(self, name: str) -> bool:
        """Tell whether somebody without a key gets a file."""
        with _as_on_a_disk(name), suppress(ClientError):
            client = self.unsigned_connection.meta.client
            client.head_object(Bucket=self.bucket_name, Key=self._key(name))
            return True
        return False

    def ask_for(self, name: str, start: int, etag: str) -> dict[str, Any]:
        """Return the answer to a request for a file from a byte on.

        From the middle only where it is the one of the ETag still.
        """
        here = {"Range": f"bytes={start}-", "IfMatch": etag} if start else {}
        with _as_on_a_disk(name):
            answer: dict[str, Any] = self.connection.meta.client.get_object(
                Bucket=self.bucket_name, Key=self._key(name), **here
            )
            return answer

    def _key(self, name: str) -> str:
        folder = f"{self.location}/" if self.location else ""
        return f"{folder}{name}"

    def _open(self, name: str, mode: str = READ) -> "BucketFile":
        if mode != READ:
            message = f"A file of the bucket is opened to be read ({READ}), not {mode}."
            raise io.UnsupportedOperation(message)
        # Refuses what would lie outside of the folder.
        self._normalize_name(clean_name(name))
        return BucketFile(self, clean_name(name))

    def _save(self, name: str, content: File[Any]) -> str:
        with _as_on_a_disk(name):
            return str(super()._save(name, content))


class BucketFile(File[bytes]):
    """A file of the bucket that is read while it comes, however large it is."""

    def __init__(self, storage: Bucket, name: str) -> None:
        self._storage = storage
        super().__init__(self._reader(name), name)
        self.mode = READ

    def open(
        self, mode: str | None = None, *_args: Any, **_options: Any
    ) -> "BucketFile":
        """Begin from the start, also where it was closed."""
        if self.closed:
            self.file = self._reader(str(self.name))
        self.seek(0)
        return self

    def _reader(self, name: str) -> IO[bytes]:
        return io.BufferedReader(_Wire(self._storage, name), BUFFER)


class _Wire(io.RawIOBase):
    """Reads on where it stands, and asks anew only after a jump."""

    def __init__(self, storage: Bucket, name: str) -> None:
        self._storage = storage
        self._file_name = name
        self._etag = ""
        self._body: Any = None
        self._position = self._body_position = 0
        self._size = self._ask()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}
        self._position = max(0, base[whence] + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size:
            return 0
        if self._body_position != self._position:
            self._body.close()
            self._ask()
        with _as_an_os_error(self._file_name):
            chunk = self._body.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._position += len(chunk)
        self._body_position = self._position
        return len(chunk)

    def close(self) -> None:
        if self._body is not None:
            self._body.close()
        super().close()

    def _ask(self) -> int:
        """Ask for what comes from here on; return how much that is."""
        answer = self._storage.ask_for(self._file_name, self._position, self._etag)
        self._body, self._body_position = answer["Body"], self._position
        self._etag = answer["ETag"]
        return int(answer["ContentLength"])


@contextmanager
def _as_on_a_disk(name: str) -> Iterator[None]:
    if not rest.may_ask():
        message = "The storage of the files has not answered a moment ago."
        raise MediaAway(errno.EAGAIN, message, name)
    if not _turns.acquire(timeout=WAIT):
        message = "Others wait for the storage of the files already."
        raise MediaAway(errno.EAGAIN, message, name)
    try:
        with _as_an_os_error(name):
            yield
    finally:
        _turns.release()


@contextmanager
def _as_an_os_error(name: str) -> Iterator[None]:
    has_answered = True
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == HTTPStatus.NOT_FOUND and code != "NoSuchBucket":
            missing = errno.ENOENT
            raise FileNotFoundError(missing, os.strerror(missing), name) from error
        message = f"The storage of the files says {code}."
        raise MediaAway(errno.EACCES, message, name) from error
    except BotoCoreError as error:
        has_answered = False
        # What it says may hold addresses; its kind is enough.
        message = f"The storage of the files does not answer: {type(error).__name__}."
        raise MediaAway(errno.EIO, message, name) from error
    finally:
        rest.note(has_answered=has_answered)
