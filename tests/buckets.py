"""A bucket in memory, for tests of files that lie in one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.storage import storages
from moto import mock_aws

from mapapp.bucket_address import BucketAddress
from trust import media
from trust.bucket import Bucket
from trust.media import rest

ADDRESS = BucketAddress(
    # Where the library that stands in for a server listens.
    endpoint="https://s3.us-east-1.amazonaws.com",
    bucket="photos",
    folder="site",
    region="us-east-1",
    addressing="path",
    timeout=2,
    access_key="key",
    secret_key="secret",
)


@contextmanager
def files_in(address: BucketAddress, settings: Any) -> Iterator[Bucket]:
    """Let the files of the site lie in a bucket, whether it is there or not."""
    settings.MEDIA_BUCKET = address
    settings.STORAGES = {**settings.STORAGES, "default": address.storage()}
    rest.note(has_answered=True)
    with pytest.MonkeyPatch.context() as patch:
        # What does not answer stays away, however slow the machine is that the test runs on.
        patch.setattr(media, "REST", 1e9)
        try:
            # Not what stands in for it: a test that changes that would change every storage.
            bucket: Any = storages["default"]
            yield bucket
        finally:
            rest.note(has_answered=True)


@contextmanager
def a_bucket(settings: Any) -> Iterator[Bucket]:
    """Let the files of the site lie in an empty bucket in memory."""
    with mock_aws(), files_in(ADDRESS, settings) as bucket:
        bucket.connection.create_bucket(Bucket=ADDRESS.bucket)
        yield bucket
