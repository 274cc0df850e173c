"""What is done about files when their storage is back."""

from django.core.files.storage import default_storage
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

# At one try each ten minutes, for two weeks.
UNTIL_BACK = RetryStrategy(max_attempts=2000, wait=600, retry_exceptions=[OSError])


@app.task(retry=UNTIL_BACK)
def erase_media(names: list[str]) -> None:
    """Erase files that could not be erased when their rows went."""
    for name in names:
        default_storage.delete(name)
