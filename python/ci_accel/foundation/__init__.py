"""What every feature uses. Imports nothing but the exceptions."""
