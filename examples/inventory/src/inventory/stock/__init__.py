"""What lies where, how it gets there, what it is worth, and when there should be more."""
