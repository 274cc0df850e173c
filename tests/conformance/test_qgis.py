"""Features, tiles and the style as QGIS without a window sees them."""

import json

import pytest

from tests.conformance.clients import of_the_system, run
from tests.geometries import district_square

pytestmark = pytest.mark.conformance
QGIS = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import *
from qgis.PyQt.QtCore import QSize
site, style, west, south, east, north = *sys.argv[1:3], *map(float, sys.argv[3:])
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()

def painted(layer):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(west, south, east, north))
    settings.setOutputSize(QSize(200, 200))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    return len({image.pixel(x, y) for x in range(200) for y in range(200)}) > 1

found = {}
for name in ("pins", "districts", "measures", "resolutions"):
    source = f"url='{site}/ogc/v1' typename='{name}' pageSize='3' pagingEnabled='true'"
    layer = QgsVectorLayer(source, name, "OAPIF")
    found[name] = [layer.isValid(), sum(1 for _one in layer.getFeatures())]
for name in ("pins", "districts"):
    address = f"{site}/tiles/{name}/{{z}}/{{x}}/{{y}}.pbf"
    layer = QgsVectorTileLayer(f"type=xyz&url={address}&zmin=8&zmax=16", name)
    found[f"tiles of {name}"] = [layer.isValid(), painted(layer)]
converter = QgsMapBoxGlStyleConverter()
result = converter.convert(style)
found["style"] = [result == QgsMapBoxGlStyleConverter.Success, converter.errorMessage()]
print("\\n" + json.dumps(found))
sys.stdout.flush()
# Leaving it in order would end in a crash of Qt.
os._exit(0)
"""
PYTHON = "/usr/bin/python3"


@pytest.fixture
def qgis():
    """The Python that QGIS belongs to."""
    of_the_system("qgis_process")
    return PYTHON


def test_qgis_loads_features_tiles_and_the_style(site, qgis, client):
    style = client.get("/style.json").content.decode()
    box = district_square(16).transform(3857, clone=True).extent

    said = run([qgis, "-c", QGIS, site, style, *map(str, box)]).splitlines()[-1]

    assert json.loads(said) == {
        "pins": [True, 7],
        "districts": [True, 2],
        "measures": [True, 1],
        "resolutions": [True, 1],
        "tiles of pins": [True, True],
        "tiles of districts": [True, True],
        "style": [True, ""],
    }
