"""German dates as people write them: "24. November 2026, 10:20 Uhr"."""

DATETIME_FORMAT = r"j. F Y, H:i \U\h\r"
