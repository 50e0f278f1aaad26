"""The command `ci-accel`: one module for each noun."""
