"""The customers: their conditions and their addresses."""
