"""What the shop sells: books, their authors and genres, and how many are left."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookshop.database import Base


class OutOfStockError(Exception):
    """Fewer copies are left than were asked for."""

    def __init__(self, book: Book, quantity: int) -> None:
        """Say which book, and both numbers."""
        super().__init__(f"{book.title} ({book.isbn}): {quantity} asked for, {book.stock} left")


class Author(Base):
    """Somebody who wrote books."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Genre(Base):
    """A shelf of the shop."""

    __tablename__ = "genre"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Book(Base):
    """A title, its price and its stock."""

    __tablename__ = "book"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(13), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    genre_id: Mapped[int | None] = mapped_column(ForeignKey("genre.id"))
    price_cents: Mapped[int]
    stock: Mapped[int] = mapped_column(default=0, server_default="0")
    author: Mapped[Author] = relationship(back_populates="books")
    genre: Mapped[Genre | None] = relationship()

    def take(self, quantity: int) -> None:
        """Take copies from the shelf.

        Raises:
            OutOfStockError: Fewer are left; none is taken.
        """
        if quantity > self.stock:
            raise OutOfStockError(self, quantity)
        self.stock -= quantity

    def put_back(self, quantity: int) -> None:
        """Put copies on the shelf."""
        self.stock += quantity
