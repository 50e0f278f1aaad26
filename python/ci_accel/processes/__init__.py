"""Child processes side by side: starting, watching, ending."""
