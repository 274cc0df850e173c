"""Files in a bucket behave as those of a folder do, and what goes wrong is told alike."""

import datetime
import io
import socket
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils import timezone

from tests.buckets import ADDRESS, files_in
from trust import bucket as buckets
from trust.bucket import Bucket
from trust.media import MediaAway, Rest, rest

LONG = bytes(range(256)) * 2000


def keep(name: str = "photos/a.jpg", content: bytes = b"a photo") -> str:
    return default_storage.save(name, ContentFile(content))


@pytest.mark.usefixtures("either_storage")
def test_what_is_kept_can_be_read_again(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    name = keep(content=LONG)

    with default_storage.open(name) as file:
        assert file.size == len(LONG)
        assert file.read(10) == LONG[:10]
        assert file.seek(-7, io.SEEK_END) == len(LONG) - 7
        assert file.read() == LONG[-7:]
        assert file.seek(300_000) == 300_000
        assert file.seek(5, io.SEEK_CUR) == 300_005
        assert file.read(3) == LONG[300_005:300_008]
        assert file.read() == LONG[300_008:]
        assert file.read() == b""
    assert default_storage.exists(name)
    assert default_storage.size(name) == len(LONG)
    age = timezone.now() - default_storage.get_modified_time(name)
    assert abs(age) < datetime.timedelta(hours=1)
    assert default_storage.listdir("photos") == ([], ["a.jpg"])
    assert default_storage.listdir("")[0] == ["photos"]


@pytest.mark.usefixtures("either_storage")
def test_a_name_is_given_once(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    assert keep() != keep()


@pytest.mark.usefixtures("either_storage")
def test_what_is_not_there(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    for ask in (
        default_storage.open,
        default_storage.size,
        default_storage.get_modified_time,
    ):
        with pytest.raises(FileNotFoundError):
            ask("photos/none.jpg")
    assert not default_storage.exists("photos/none.jpg")
    # Gone already is as good as gone.
    default_storage.delete("photos/none.jpg")


@pytest.mark.usefixtures("either_storage")
def test_what_is_deleted_is_gone(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    name = keep()
    default_storage.delete(name)
    assert not default_storage.exists(name)


def test_nothing_outside_of_the_folder_is_reached(bucket: Bucket):
    other = bucket.connection.Object(ADDRESS.bucket, "secret.txt")
    other.put(Body=b"of another site")
    for name in ("../secret.txt", "photos/../../secret.txt"):
        with pytest.raises(SuspiciousOperation):
            bucket.open(name)


def test_a_file_is_only_read(bucket: Bucket):
    with pytest.raises(io.UnsupportedOperation):
        bucket.open(keep(), "wb")


def test_a_closed_file_is_opened_again(bucket: Bucket):
    file = bucket.open(keep())
    assert file.read() == b"a photo"
    assert file.open().read() == b"a photo"
    file.close()
    assert file.open().read() == b"a photo"
    file.close()


def test_an_empty_file(bucket: Bucket):
    with bucket.open(keep(content=b"")) as file:
        assert (file.size, file.read()) == (0, b"")


@pytest.mark.django_db
def test_who_reads_from_the_start_asks_once(bucket: Bucket, monkeypatch: Any):
    """A whole file is one request, whatever its length has to be known for."""
    name, asked = keep(content=LONG), []
    ask = Bucket.ask_for

    def count(*words: Any) -> dict[str, Any]:
        asked.append(words)
        return ask(*words)

    monkeypatch.setattr(Bucket, "ask_for", count)

    response = FileResponse(bucket.open(name))
    content = response.getvalue()
    response.close()

    assert response["Content-Length"] == str(len(LONG))
    assert content == LONG
    assert len(asked) == 1


def test_a_file_comes_in_parts(bucket: Bucket, monkeypatch: Any):
    """However large it is, no more than a part of it is held."""
    file, largest = bucket.open(keep(content=LONG)), []
    read = file.file.raw._body.read

    def measure(count: int) -> bytes:
        largest.append(count)
        return bytes(read(count))

    monkeypatch.setattr(file.file.raw._body, "read", measure)
    assert b"".join(file.chunks(4096)) == LONG
    file.close()
    assert max(largest) <= buckets.BUFFER


def test_a_jump_does_not_mix_two_files(bucket: Bucket):
    file = bucket.open(keep(content=LONG))
    file.read(10)
    bucket.connection.Object(ADDRESS.bucket, "site/photos/a.jpg").put(Body=b"x" * 9**6)
    file.seek(400_000)
    with pytest.raises(MediaAway):
        file.read()
    file.close()


def test_nobody_is_sent_to_the_bucket(bucket: Bucket):
    with pytest.raises(NotImplementedError):
        bucket.url(keep())


def test_jobs_do_not_carry_the_keys(bucket: Bucket):
    path, words, options = bucket.deconstruct()
    assert path == "django.core.files.storage.DefaultStorage"
    assert not words
    assert not options


def test_all_files_are_found(bucket: Bucket):
    names = [keep(f"photos/{number}.jpg") for number in range(3)]
    # As some programs keep folders, and what another site keeps beside.
    bucket.connection.Object(ADDRESS.bucket, "site/photos/").put(Body=b"")
    bucket.connection.Object(ADDRESS.bucket, "site-b/other.jpg").put(Body=b"")
    found = list(bucket.walk())
    assert [stored.name for stored in found] == names
    assert {stored.size for stored in found} == {len(b"a photo")}


def test_a_bucket_without_a_folder(bucket: Bucket, settings: Any):
    with files_in(replace(ADDRESS, folder=""), settings) as whole:
        name = keep()
        assert [stored.name for stored in whole.walk()] == [name]


def test_without_the_bucket_nothing_is_lost_without_a_word(bucket: Bucket):
    name = keep()
    bucket.delete(name)
    bucket.connection.Bucket(ADDRESS.bucket).delete()
    with pytest.raises(MediaAway, match="NoSuchBucket"):
        keep()
    with pytest.raises(MediaAway, match="NoSuchBucket"):
        bucket.open(name)
    with pytest.raises(MediaAway, match="NoSuchBucket"):
        bucket.listdir("photos")
    with pytest.raises(MediaAway, match="NoSuchBucket"):
        list(bucket.walk())
    # It answered: there is nothing to wait for.
    assert not rest.is_on


def refuse(bucket: Bucket, error: Exception) -> None:
    """Let every request to the bucket end so, before anything is sent."""

    def end(**_request: Any) -> None:
        raise error

    bucket.connection.meta.client.meta.events.register("before-send.s3", end)


def test_who_is_not_let_in_is_told_so(bucket: Bucket):
    name = keep()
    said = {
        "Error": {"Code": "AccessDenied"},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }
    refuse(bucket, ClientError(said, "GetObject"))
    for ask in (bucket.open, bucket.size, bucket.exists, bucket.delete, keep):
        with pytest.raises(MediaAway, match="AccessDenied"):
            ask(name)
    assert not rest.is_on


def test_who_does_not_answer_is_left_alone(bucket: Bucket):
    name = keep()
    refuse(bucket, ReadTimeoutError(endpoint_url="https://s3.example.de"))
    with pytest.raises(MediaAway, match="does not answer: ReadTimeoutError") as told:
        bucket.open(name)
    assert "example.de" not in str(told.value)
    assert rest.is_on
    # Nobody waits for it a second time.
    with pytest.raises(MediaAway, match="a moment ago"):
        bucket.exists(name)


def test_only_some_wait_for_an_answer(bucket: Bucket, monkeypatch: Any):
    monkeypatch.setattr(buckets, "WAIT", 0.001)
    name = keep()
    for _ in range(buckets.TURNS):
        buckets._turns.acquire()
    try:
        with pytest.raises(MediaAway, match="Others wait"):
            bucket.open(name)
    finally:
        for _ in range(buckets.TURNS):
            buckets._turns.release()
    with bucket.open(name) as file:
        assert file.read() == b"a photo"
    # Whoever had to give up says nothing about the storage.
    assert not rest.is_on


def test_a_server_that_is_not_there(settings: Any):
    with socket.socket() as nobody:
        # Held, so that no other program listens there.
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        nowhere = replace(ADDRESS, endpoint=f"http://127.0.0.1:{port}", timeout=1)
        with files_in(nowhere, settings):
            with pytest.raises(MediaAway, match="EndpointConnectionError"):
                keep()
            assert rest.is_on


def test_a_wire_that_is_cut_in_the_middle(bucket: Bucket, monkeypatch: Any):
    file = bucket.open(keep(content=LONG))

    def cut(_count: int) -> bytes:
        raise ReadTimeoutError(endpoint_url="https://s3.example.de")

    monkeypatch.setattr(file.file.raw._body, "read", cut)
    with pytest.raises(MediaAway):
        file.read()
    file.close()


def test_after_the_rest_one_asks_for_all():
    rest = Rest()
    assert rest.may_ask()
    rest.note(has_answered=False)
    assert (rest.is_on, rest.may_ask()) == (True, False)
    # As if it had begun long ago.
    rest._until = 0.001
    assert rest.may_ask()
    assert not rest.may_ask()
    rest.note(has_answered=True)
    assert (rest.is_on, rest.may_ask()) == (False, True)


def test_strangers_are_kept_out(bucket: Bucket):
    name = keep()
    assert not bucket.is_shown_to_strangers(name)
    bucket.connection.ObjectAcl(ADDRESS.bucket, f"site/{name}").put(ACL="public-read")
    assert bucket.is_shown_to_strangers(name)
