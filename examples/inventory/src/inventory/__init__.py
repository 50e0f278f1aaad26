"""A wholesaler's inventory: what lies where, who ordered it, and what it costs."""
