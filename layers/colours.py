"""Can a colour be seen? The measure of WCAG 2.2."""

import re

HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio, 1 to 21, of a colour written #RRGGBB with white."""
    return 1.05 / (_luminance(colour) + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        _linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """Return the light of a channel that sRGB encodes, both from 0 to 1."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
