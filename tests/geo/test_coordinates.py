"""Two texts that may be a longitude and a latitude."""

import pytest

from geo.coordinates import CoordinateError, Position, read_position


@pytest.mark.parametrize(
    ("lon", "lat", "position"),
    [
        ("7.77", "49.44", Position(7.77, 49.44)),
        (" -180 ", "+90", Position(-180, 90)),
        ("7", "4.944e1", Position(7, 49.44)),
    ],
)
def test_numbers_in_range(lon, lat, position):
    assert read_position(lon, lat) == position


@pytest.mark.parametrize(
    "text", ["", "east", "7,77", "7.77°", "0x7", "7\x00", "7 7", "4_9", "٤٩"]
)
def test_what_is_no_number(text):
    with pytest.raises(CoordinateError, match="are numbers"):
        read_position(text, "49")
    with pytest.raises(CoordinateError, match="are numbers"):
        read_position("7", text)


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999"])
def test_what_is_not_finite(text):
    with pytest.raises(CoordinateError, match="finite"):
        read_position(text, "49")
    with pytest.raises(CoordinateError, match="finite"):
        read_position("7", text)


@pytest.mark.parametrize(("lon", "lat"), [("180.1", "0"), ("0", "-90.1")])
def test_what_is_not_on_the_globe(lon, lat):
    with pytest.raises(CoordinateError, match="±180"):
        read_position(lon, lat)


def test_the_two_exchanged():
    assert Position(49.44, 7.77).swapped() == Position(7.77, 49.44)
    assert Position(120, 49).swapped() is None
