"""Paper cards: printed, typed into tables, checked and imported."""
