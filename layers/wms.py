"""Map servers by OGC's Web Map Service 1.1.1 and 1.3.0."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from django.conf import settings

from layers.models import Overlay

# Pixels of a picture's edges.
SIZE = 512
# What the map asks for itself, whatever the address says.
OWN = {
    "service", "version", "request", "layers", "styles", "crs", "srs", "bbox",
    "width", "height", "format", "transparent", "exceptions",
}  # fmt: skip


def origin_of(url: str) -> str:
    """Return scheme and host of an address, as they stand in the list of allowed ones."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_allowed(url: str) -> bool:
    """Tell whether the operator allows browsers to ask this map server."""
    return origin_of(url) in settings.WMS_HOSTS


def normal_address(url: str) -> str:
    """Return the address with host in lower case, a path, and no part of a request.

    Whatever else its query holds, such as a map of the server, is kept.
    """
    parts = urlsplit(url.strip())
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in OWN
    ]
    host = parts.netloc.lower().removesuffix(":443")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme.lower(), host, path, urlencode(query), ""))


def picture_address(overlay: Overlay) -> str:
    """Return the GetMap request of a WMS overlay, with MapLibre's mark for the extent."""
    axis = "crs" if overlay.wms_version == Overlay.Version.V130 else "srs"
    request = {
        "service": "WMS",
        "version": overlay.wms_version,
        "request": "GetMap",
        "layers": overlay.wms_layers,
        "styles": "",
        axis: "EPSG:3857",
        "width": SIZE,
        "height": SIZE,
        "format": overlay.wms_format,
        "transparent": "TRUE" if overlay.wms_format == Overlay.Format.PNG else "FALSE",
    }
    joint = "&" if urlsplit(overlay.wms_url).query else "?"
    mark = "bbox={bbox-epsg-3857}"
    return f"{overlay.wms_url}{joint}{urlencode(request, safe=':/,')}&{mark}"
