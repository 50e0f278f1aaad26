"""The forms in which a table can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError
from inventory.reports.csv_output import as_csv
from inventory.reports.json_output import as_json
from inventory.reports.markdown_output import as_markdown
from inventory.reports.text_output import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.reports.tables import Table

FORMS: dict[str, Callable[[Table], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "csv": as_csv,
    "json": as_json,
}
MEDIA_TYPES = {"text": "text/plain", "markdown": "text/markdown", "csv": "text/csv", "json": "application/json"}


def render(table: Table, form: str) -> str:
    """Return a table in one of the forms.

    Raises:
        InvalidValueError: There is no such form.
    """
    if form not in FORMS:
        raise InvalidValueError(field="format", reason=f"must be one of {', '.join(FORMS)}, not {form!r}")
    return FORMS[form](table)


def form_for(accepted: str) -> str:
    """Return the form that a program asks for by media types, in the order of its wishes; else JSON."""
    wishes = [wish.partition(";")[0].strip() for wish in accepted.split(",")]
    by_type = {media_type: form for form, media_type in MEDIA_TYPES.items()}
    return next((by_type[wish] for wish in wishes if wish in by_type), "json")
