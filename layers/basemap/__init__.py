"""The basemap: built from an OpenStreetMap extract into one file, and served from it."""
