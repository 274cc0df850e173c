"""Atom feeds: sittings, news and contributions for feed readers."""
