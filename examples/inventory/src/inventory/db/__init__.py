"""How the application reaches its database."""
