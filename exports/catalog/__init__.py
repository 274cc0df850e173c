"""The catalogue of the open data, as portals and search engines read it.

DCAT-AP.de 3.0 (https://www.dcat-ap.de/def/dcatde/3.0/spec/) with the conventions for
those who deliver to GovData, and schema.org in pages.
"""
