"""The nouns of the command `ci-accel`, a file for each."""
