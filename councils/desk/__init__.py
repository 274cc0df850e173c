"""What a desk does with contributions, and what it keeps for itself."""
