"""The HTTP API: what other programs ask for, as JSON."""
