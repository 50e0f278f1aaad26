"""Endings of the files that lie beside a database."""

from __future__ import annotations

MANIFEST = ".manifest.json"
"""The ending of the manifest that ci-accel writes beside a database."""

PLAYED_BACK = ("-journal", "-wal")
"""Endings of the files that SQLite plays back into the database when it opens it."""

SIDE_FILES = (MANIFEST, *PLAYED_BACK, "-shm")
"""All endings of files that ci-accel and SQLite keep beside a database."""
