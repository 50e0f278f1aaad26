"""The tree of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InvalidValueError, InventoryError
from inventory.common.ids import category_code
from inventory.common.validation import text
from inventory.db.session import add_unique
from inventory.models.catalogue import Category

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class CycleError(InventoryError):
    """A category would be below itself."""

    def __init__(self, code: str, parent: str) -> None:
        super().__init__(f"{code} cannot move below {parent}, which is below {code}")


def create_category(session: Session, name: str, *, parent: Category | None = None) -> Category:
    """Add a category; its code is made from its name.

    Raises:
        DuplicateRecordError: Another name has made the same code.
        InvalidValueError: The name is empty or too long, or has nothing of which a code could be made.
    """
    name = text(name, "name", 80)
    code = category_code(name)
    if not code:
        raise InvalidValueError(field="name", reason=f"must contain a letter or a digit, not {name!r}")
    category = Category(name=name, code=code, parent_id=parent.id if parent else None)
    return add_unique(session, category, Category.code, category.code)


def ancestors(session: Session, category: Category) -> list[Category]:
    """Return a category and all above it, up to the root."""
    path = [category]
    while path[-1].parent_id is not None:
        path.append(session.get_one(Category, path[-1].parent_id))
    return path


def descendants(session: Session, category: Category) -> list[Category]:
    """Return a category and all below it: parents before their children, these in the order of their names."""
    found = [category]
    for parent in found:
        found += session.scalars(select(Category).where(Category.parent_id == parent.id).order_by(Category.name))
    return found


def move_category(session: Session, category: Category, parent: Category | None) -> None:
    """Hang a category, with all below it, below another one, or make it a root.

    Raises:
        CycleError: The new parent is the category itself or below it.
    """
    if parent is not None and category in ancestors(session, parent):
        raise CycleError(category.code, parent.code)
    category.parent_id = parent.id if parent else None
    session.flush()


def path_of(session: Session, category: Category) -> str:
    """Return the names from the root down to a category."""
    return " / ".join(each.name for each in reversed(ancestors(session, category)))
