"""The privacy page says what the register says, in both languages."""

import pytest
from django.utils import translation
from django.utils.html import escape

from trust.register import Whose, register


@pytest.mark.parametrize(("language", "prefix"), [("de", ""), ("en", "/en")])
def test_all_that_is_kept_of_residents(db, client, language, prefix):
    page = client.get(f"{prefix}/about/privacy/").content.decode()

    assert f"{prefix}/about/my-data/" in page
    with translation.override(language):
        for entry in register().data:
            words = (entry.what, entry.purpose, entry.basis, entry.erased)
            if entry.whose == Whose.RESIDENTS:
                for said in words:
                    assert escape(str(said)) in page
