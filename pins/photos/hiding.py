"""Taking a single photo from the public's sight, and showing it again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pins.models import Photo, Pin
from pins.workflow import MoveNotAllowed


@transaction.atomic
def hide_photo(*, photo: Photo) -> None:
    """Leave a photo out of what the public sees; raises MoveNotAllowed twice."""
    _set_hidden(photo, is_hidden=True)


@transaction.atomic
def show_photo(*, photo: Photo) -> None:
    """Show a hidden photo again; raises MoveNotAllowed for one that is not hidden."""
    _set_hidden(photo, is_hidden=False)


def _set_hidden(photo: Photo, *, is_hidden: bool) -> None:
    list(Pin.objects.select_for_update().filter(photos=photo.pk))
    found = Photo.objects.filter(pk=photo.pk, is_hidden=not is_hidden)
    if not found.update(is_hidden=is_hidden):
        raise MoveNotAllowed(_("This step is not possible at the moment."))
