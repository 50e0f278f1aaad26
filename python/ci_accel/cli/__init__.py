"""The command `ci-accel`."""
