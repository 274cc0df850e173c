"""Contrast as WCAG 2.2 measures it."""

import pytest

from layers.colours import contrast_with_white


@pytest.mark.parametrize(
    ("colour", "contrast"),
    # The grey is the one that WCAG's own documents name as the limit for text.
    [("#FFFFFF", 1), ("#000000", 21), ("#767676", 4.54), ("#3a63d8", 5.3)],
)
def test_contrast_with_white(colour, contrast):
    assert contrast_with_white(colour) == pytest.approx(contrast, abs=0.05)
