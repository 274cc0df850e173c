"""Open311 GeoReport v2: contributions as requests, read and sent in."""
