"""Code that runs in other Python interpreters; it imports nothing of ci_accel."""
