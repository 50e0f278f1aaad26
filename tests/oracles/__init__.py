"""Plain definitions of what the accelerated functions compute, for the tests to compare with."""
