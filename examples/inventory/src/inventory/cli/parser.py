"""The parser of the whole command line."""

from __future__ import annotations

from pathlib import Path

from inventory.cli import customers, office, orders, prices, products, purchases, stock, suppliers
from inventory.cli.arguments import moment
from inventory.cli.commands import Groups, Parser

DATABASE = Path("inventory.db")
ACTOR = "office"


def build_parser() -> Parser:
    """Return the parser with all commands."""
    parser = Parser(prog="inventory", description="The inventory of a wholesaler.")
    parser.add_argument("--database", type=Path, default=DATABASE)
    parser.add_argument("--warehouse", type=str.upper, default="MAIN")
    parser.add_argument("--at", type=moment, help="do it as if it were this moment")
    parser.add_argument("--actor", default=ACTOR, help="who does it")
    groups = Groups(parser)
    for module in (products, stock, customers, orders, prices, suppliers, purchases, office):
        module.add_commands(groups)
    return parser
