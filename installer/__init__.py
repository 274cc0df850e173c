"""The set-up behind `./run`: Python's standard library only, nothing of the product."""
