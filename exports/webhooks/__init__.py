"""What the city's own systems are told: noted, spread, signed and sent."""
