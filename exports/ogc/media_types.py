"""The forms in which resources are answered, as `Accept` and `Content-Type` name them."""

from exports.files.geojson import MEDIA_TYPE

JSON_TYPE, HTML_TYPE = "application/json", "text/html"
GEOJSON_TYPE = MEDIA_TYPE
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA_TYPE = "application/schema+json"
