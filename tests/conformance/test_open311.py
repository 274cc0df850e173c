"""Open311 GeoReport v2 as the client `georeport` sees it, in JSON and in XML."""

import json

import pytest

from pins.models import PublicPin
from tests.conformance.clients import python

pytestmark = pytest.mark.conformance
# In XML one element is no list to what the client reads it with.
GEOREPORT = """
import json, sys
from georeport import GeoReport
address, form, reference = sys.argv[1:]
city = GeoReport(address, output_format=form)
def request(one):
    return [one[name] for name in ("service_request_id", "service_code", "status")]
def requests(**query):
    found = city.get_service_requests(**query)
    return found if isinstance(found, list) else [found]
one = city.get_service_request(reference)
found = requests()
print(json.dumps({
    "services": sorted(one["service_code"] for one in city.get_service_list()),
    "all": sorted(map(request, found)),
    "open": len(requests(status="open", service_code="mobility")),
    "asked": [request(one) for one in requests(service_request_id=reference)],
    "one": request(one[0] if isinstance(one, list) else one),
    "place": sorted((float(one["lat"]), float(one["long"])) for one in found),
}))
"""


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_it(site, form):
    pins = list(PublicPin.objects.all())
    reference = pins[0].reference

    said = python(GEOREPORT, f"{site}/open311/v2", form, reference)

    found = json.loads(said)
    assert found["services"] == ["energy", "mobility"]
    expected = sorted([pin.reference, pin.theme.slug, "open"] for pin in pins)
    assert found["all"] == expected
    assert found["open"] == 6
    assert (
        [found["one"]]
        == found["asked"]
        == [row for row in expected if row[0] == reference]
    )
    places = sorted((pin.location.y, pin.location.x) for pin in pins)
    for (lat, lon), place in zip(found["place"], places, strict=True):
        assert (lat, lon) == pytest.approx(place, abs=1e-6)
