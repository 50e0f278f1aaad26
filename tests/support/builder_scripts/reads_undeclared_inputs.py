"""A builder that reads more than anybody declares.

It imports the project's code, lists a folder, looks for a file that is not there, reads variables, and writes down all
of it.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "src"))

# Of the standard library, and not imported by anything else: whatever lies before it on the path would be.
importlib.import_module("colorsys")
models: Any = importlib.import_module("shop.models")


def main(database: str) -> None:
    """Write the schema, the settings and what the code says."""
    connection = sqlite3.connect(database)
    folder = os.path.join(HERE, "schema")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".sql"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                connection.executescript(file.read())
    connection.execute("CREATE TABLE fact (name TEXT, value TEXT)")
    facts = [("code", models.VERSION), ("prefix", os.environ.get("SHOP_PREFIX", ""))]
    if os.path.exists(os.path.join(HERE, ".env")):
        with open(os.path.join(HERE, ".env"), encoding="utf-8") as file:
            facts.append(("env", file.read()))
    connection.executemany("INSERT INTO fact VALUES (?, ?)", facts)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
