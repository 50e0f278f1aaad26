"""Plain, slow definitions of the results that the tests compare ci-accel with."""
