"""Anyone reports what is published; people decide, say why, and look again if asked to."""
