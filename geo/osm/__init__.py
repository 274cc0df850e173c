"""From an OpenStreetMap extract to the layers of a city's map."""
