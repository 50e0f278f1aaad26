"""Every test gets a database of its own: a copy of the template, which costs less than one migration."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bookshop.catalogue import Author, Book
from bookshop.database import open_database
from bookshop.orders import Customer
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a fresh copy of the template. It is one immutable file, so a plain copy is safe."""
    return Path(shutil.copyfile(os.environ["BOOKSHOP_TEMPLATE_DB"], tmp_path / "bookshop.db"))


@pytest.fixture
def session(database: Path) -> Iterator[Session]:
    """Yield a session with three books on the shelf."""
    engine = open_database(database)
    with Session(engine) as session:
        author = Author(name="Ursula K. Le Guin")
        session.add_all(
            [
                Book(isbn="9781416556961", title="The Lathe of Heaven", author=author, price_cents=1_299, stock=12),
                Book(isbn="9780061054884", title="The Dispossessed", author=author, price_cents=1_450, stock=3),
                Book(isbn="9780547773742", title="A Wizard of Earthsea", author=author, price_cents=895, stock=0),
            ],
        )
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def customer(session: Session) -> Customer:
    """Return a customer to whom the shop delivers."""
    customer = Customer(email="shevek@anarres.example", country="DE")
    session.add(customer)
    session.commit()
    return customer
