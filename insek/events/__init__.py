"""Events: kept, registered for, told of; their files and what came of them."""
