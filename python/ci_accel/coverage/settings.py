"""Reads settings of coverage from a project's files: the threshold, and how coverage.py and slipcover measure."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from ci_accel.foundation.pyproject import read_pyproject_if_present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INI_FILES = {".coveragerc": "", "setup.cfg": "coverage:", "tox.ini": "coverage:"}
"""Further configuration files of coverage.py, with the prefix of their section names."""

NEVER_SOURCES = ("**/__pycache__", "**/*.egg-info")
"""Globs of files below the sources that never count."""

MAX_PERCENT = 100


def fail_under(root: str, given: float | str | None) -> str | None:
    """Return the threshold.

    Args:
        root: The folder of pyproject.toml.
        given: `fail_under` of the declaration.

    Returns:
        The percentage as it is written in the configuration; None if there is none.

    Raises:
        ValueError: Two thresholds disagree, or one is not a number between 0 and 100.
        OSError: A file exists and cannot be read.
    """
    thresholds = dict(_thresholds(root))
    if given is not None:
        thresholds["fail_under of [tool.ci-accel.coverage]"] = given
    texts = {place: _percentage(place, value) for place, value in thresholds.items()}
    if len({float(text) for text in texts.values()}) > 1:
        listed = " and ".join(f"{place} is {text}" for place, text in texts.items())
        message = f"{listed}: the thresholds disagree; keep one of them"
        raise ValueError(message)
    return next(iter(texts.values()), None)


def _percentage(place: str, value: object) -> str:
    """Return a percentage as text."""
    text = str(value).strip()
    try:
        number = -1.0 if isinstance(value, bool) else float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MAX_PERCENT:
        message = f"{place} is {value!r}; it must be a percentage between 0 and 100"
        raise ValueError(message)
    return text


def _thresholds(root: str) -> Iterator[tuple[str, object]]:
    """Yield each threshold in the project's files with its place."""
    pyproject = read_pyproject_if_present(root)
    value = pyproject.table("coverage", "report").get("fail_under")
    if value is not None:
        yield "fail_under of [tool.coverage.report]", value
    for key in ("fail-under", "fail_under"):
        value = pyproject.table("slipcover").get(key)
        if value is not None:
            yield f"{key} of [tool.slipcover]", value
    for name, prefix in INI_FILES.items():
        value = _sections(root, name).get(f"{prefix}report", {}).get("fail_under")
        if value is not None:
            yield f"fail_under of [{prefix}report] in {name}", value


def measuring(root: str) -> dict[str, str]:
    """Return the settings that change what is measured, but not those of reports.

    Args:
        root: The folder of pyproject.toml.

    Returns:
        The settings as JSON, by the section that has them.

    Raises:
        ValueError: pyproject.toml is not valid TOML, or another file is not valid.
        OSError: A file exists and cannot be read.
    """
    pyproject = read_pyproject_if_present(root)
    sections: dict[str, object] = {
        "[tool.coverage.run]": pyproject.table("coverage", "run"),
        "[tool.slipcover]": {
            key: value for key, value in pyproject.table("slipcover").items() if key not in {"fail-under", "fail_under"}
        },
    }
    for name, prefix in INI_FILES.items():
        sections[f"[{prefix}run] in {name}"] = _sections(root, name).get(f"{prefix}run")
    return {place: json.dumps(value, sort_keys=True, default=str) for place, value in sections.items() if value}


def omit_globs(omit: Iterable[str]) -> list[str]:
    """Return coverage.py's `omit` patterns as globs: a final `/*` is `/**`, an initial `*/` is `**/`."""
    globs = list(NEVER_SOURCES)
    for pattern in omit:
        glob = pattern
        if glob.startswith("*/"):
            glob = f"**/{glob[2:]}"
        if glob.endswith("/*"):
            glob = f"{glob[:-2]}/**"
        globs.append(glob)
    return globs


def _sections(root: str, name: str) -> dict[str, dict[str, str]]:
    """Return the sections of an INI file; empty if there is no such file."""
    path = os.path.join(root, name)
    if not os.path.exists(path):
        return {}
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as an INI file: {error}"
        raise ValueError(message) from None
    return {section: dict(parser[section]) for section in parser.sections()}
