"""Maps as one HTML file that opens from any disk and asks nobody for anything."""
