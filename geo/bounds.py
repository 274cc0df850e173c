"""A box on the Earth, in the order that GIS programs give its sides."""

# West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]
