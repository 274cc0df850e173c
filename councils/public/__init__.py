"""What everyone may read of sittings, and of what came of contributions."""
