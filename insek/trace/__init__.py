"""The trace: what was said and resolved, linked to what the concept does about it."""
