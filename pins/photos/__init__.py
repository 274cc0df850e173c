"""Photos of pins: read with suspicion, kept without metadata, blacked out for good."""
