"""The command line: what the people in the office and in the warehouse type."""

from inventory.cli.program import main

__all__ = ["main"]
