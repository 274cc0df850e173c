"""Words of the lists that DCAT-AP.de prescribes, and which of them fit our data."""

EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
GERMAN = "http://dcat-ap.de/def"

FREQUENCIES = f"{EU}/frequency"
# Whenever something happens; and at no fixed time.
CONTINUOUSLY, IRREGULARLY = "UPDATE_CONT", "IRREG"

THEMES = f"{EU}/data-theme"
REGIONS, GOVERNMENT = "REGI", "GOVE"

FILE_TYPES = f"{EU}/file-type"
# By the ending of the address. What is not listed there has no entry in the list.
FILE_TYPE_OF = {
    "atom": "ATOM",
    "csv": "CSV",
    "geojson": "GEOJSON",
    "geojsonl": "GEOJSON",
    "gpkg": "GPKG",
    "html": "HTML",
    "ics": "ICS",
    "json": "JSON",
    "kml": "KML",
    "parquet": "PARQUET",
    "shp.zip": "SHP",
    "xlsx": "XLSX",
}
# Media types that are registered at IANA, of those that our files have.
REGISTERED = frozenset(
    {
        "application/atom+xml",
        "application/geo+json",
        "application/geo+json-seq",
        "application/geopackage+sqlite3",
        "application/json",
        "application/vnd.apache.parquet",
        "application/vnd.google-earth.kml+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/zip",
        "text/calendar",
        "text/csv",
        "text/html",
    }
)

LANGUAGES = {"de": f"{EU}/language/DEU", "en": f"{EU}/language/ENG"}
ALWAYS_THERE = f"{EU}/planned-availability/AVAILABLE"
PUBLIC = f"{EU}/access-right/PUBLIC"

MUNICIPALITY = f"{GERMAN}/politicalGeocoding/municipalityKey"
LEVEL = f"{GERMAN}/politicalGeocoding/Level/municipality"


def file_type(ending: str) -> str | None:
    """Return the entry of the EU's list for an ending; None where it has none."""
    name = FILE_TYPE_OF.get(ending)
    return f"{FILE_TYPES}/{name}" if name else None


def media_type(written: str) -> str | None:
    """Return IANA's address of a media type; None for one that is not registered."""
    name = written.partition(";")[0]
    return f"{IANA}/{name}" if name in REGISTERED else None
