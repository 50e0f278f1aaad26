"""The template database: built by the project's own command, and reused while its inputs are unchanged."""
