"""Servers that follow the one that is written to, and take what visitors only read (ADR 56)."""
