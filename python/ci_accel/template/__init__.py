"""The template database."""
