"""The witness: records the Python processes of a coverage run, and how each of them ends."""
