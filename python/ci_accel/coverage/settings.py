"""What a project's files say of coverage: the one threshold, what a tool is told to measure, what it leaves out."""

from __future__ import annotations

import os

from ci_accel.foundation.pyproject import read_pyproject_if_present

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INI_FILES = {".coveragerc": "", "setup.cfg": "coverage:", "tox.ini": "coverage:"}
"""Files of settings that coverage.py reads beside pyproject.toml, and what stands before the names of its sections."""

NEVER_SOURCES = ("**/__pycache__", "**/*.egg-info")
"""What lies below the sources and is none."""

MOST_PERCENT = 100


def fail_under(root: str, given: float | str | None) -> str | None:
    """Return the threshold from the one place that has it.

    Args:
        root: The folder of pyproject.toml.
        given: What the caller says, or `[tool.ci-accel.coverage]`.

    Returns:
        The percentage as it is written there; None where no place has one.

    Raises:
        ValueError: Two places disagree, or one has something else than a number from 0 to 100.
        OSError: A file is there and cannot be read.
    """
    places = dict(_thresholds(root))
    if given is not None:
        places["fail_under of [tool.ci-accel.coverage]"] = given
    texts: dict[str, str] = {}
    for place, value in places.items():
        texts[place] = _percentage(place, value)
    if len({float(text) for text in texts.values()}) > 1:
        told = " and ".join(f"{place} is {text}" for place, text in texts.items())
        message = f"{told}: two thresholds that disagree; keep one of them"
        raise ValueError(message)
    return next(iter(texts.values()), None)


def _percentage(place: str, value: object) -> str:
    """Return a percentage as text."""
    text = str(value).strip()
    try:
        number = -1.0 if isinstance(value, bool) else float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST_PERCENT:
        message = f"{place} is {value!r}; it has to be a percentage from 0 to 100"
        raise ValueError(message)
    return text


def _thresholds(root: str) -> Iterator[tuple[str, object]]:
    """Give each threshold in the files, by its place."""
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


def precision(root: str) -> int:
    """Return the digits that coverage.py rounds percentages to: `precision`, as it is set."""
    values = [read_pyproject_if_present(root).table("coverage", "report").get("precision")]
    values += [_sections(root, name).get(f"{prefix}report", {}).get("precision") for name, prefix in INI_FILES.items()]
    numbers = [str(value) for value in values if str(value).isdecimal()]
    return int(numbers[0]) if numbers else 0


def measuring(root: str) -> dict[str, str]:
    """Return how the tools are told to measure: what could change the data, and not how it is reported.

    Args:
        root: The folder of pyproject.toml.

    Returns:
        Texts by the place that they stand in.

    Raises:
        ValueError: pyproject.toml is not TOML.
        OSError: A file is there and cannot be read.
    """
    import json

    pyproject = read_pyproject_if_present(root)
    settings: dict[str, object] = {
        "[tool.coverage.run]": pyproject.table("coverage", "run"),
        "[tool.slipcover]": {
            key: value for key, value in pyproject.table("slipcover").items() if key not in {"fail-under", "fail_under"}
        },
    }
    for name, prefix in INI_FILES.items():
        settings[f"[{prefix}run] in {name}"] = _sections(root, name).get(f"{prefix}run")
    return {place: json.dumps(value, sort_keys=True, default=str) for place, value in settings.items() if value}


def left_out(omit: Iterable[str]) -> list[str]:
    """Return patterns of coverage.py's `omit` as globs: `/*` at the end is all below, `*/` at the start any folder."""
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
    """Return the sections of an INI file; nothing where there is none, or where it is none that coverage.py reads."""
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
