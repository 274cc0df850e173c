import pytest

from layers.compression import accepts_gzip, choose_encoding


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("br, x-gzip", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzipped", False),
        ("gzip;q=1.000", True),
        ("gzip;q=1.5", False),
        ("gzip;q=much", False),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.5, gzip;q=0.5", True),
    ],
)
def test_what_an_accept_encoding_allows(header, expected):
    assert accepts_gzip(header) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, zstd;q=0.9", "gzip"),
        ("gzip;q=0.2, zstd;q=0.3", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("*", "gzip"),
        ("zstd;q=0.5, *;q=0.1", "zstd"),
        ("br, deflate", ""),
        ("identity, zstd;q=0.9, gzip;q=0.9", ""),
        ("", ""),
    ],
)
def test_the_coding_that_is_liked_best_wins(header, expected):
    assert choose_encoding(header, ["zstd", "gzip"]) == expected
