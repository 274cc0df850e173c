"""German dates as people write them: "24. November 2026, 10:20 Uhr"."""

# The word stays in the line of its figures.
DATETIME_FORMAT = "j. F Y, H:i\N{NO-BREAK SPACE}\\U\\h\\r"
