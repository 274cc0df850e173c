"""German dates as people write them: "24. November 2026, 10:20 Uhr"."""

# The word stays in the line of its figures, also where a time stands alone.
DATETIME_FORMAT = "j. F Y, H:i\N{NO-BREAK SPACE}\\U\\h\\r"
TIME_FORMAT = "H:i\N{NO-BREAK SPACE}\\U\\h\\r"
