"""Build a database from inputs that the test does not declare.

The script imports the project's code, lists a folder, looks for a missing file and reads variables. It stores
everything it found in the database.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "src"))

# A module of the standard library that nothing else imports: a file of this name earlier on the path shadows it.
importlib.import_module("colorsys")
models: Any = importlib.import_module("shop.models")


def main(database: str) -> None:
    """Store the schema, the variables and the version of the imported code."""
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
