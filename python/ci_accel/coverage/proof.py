"""Checks that a coverage artifact is complete and matches the code in this checkout, and counts it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ci_accel.coverage import totals
from ci_accel.coverage.paths import Roots
from ci_accel.coverage.totals import Totals
from ci_accel.exceptions import CoverageDataError
from ci_accel.foundation.interpreter import Interpreter
from ci_accel.foundation.log import log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nox import Session

    from ci_accel._native.coverage import SealedCoverage
    from ci_accel.coverage.checkout import Checkout

ARTIFACTS = {"slipcover": "coverage.json", "coverage.py": "coverage.sqlite"}
"""File name of the artifact by the tool that measured."""

MAX_SHOWN = 3
"""Number of names in a message; the others are counted."""


class Proof:
    """An artifact that is complete and of the code in a checkout.

    Args:
        path: The artifact; its passport lies beside it.
        now: The checkout.

    Attributes:
        path: As given.
        now: As given.
        sealed: The contents of the artifact.

    Raises:
        CoverageDataError: The artifact is invalid, incomplete or of other code.
    """

    __slots__ = ("_names", "_relative", "now", "path", "sealed")

    path: str
    now: Checkout
    sealed: SealedCoverage

    def __init__(self, path: str, now: Checkout) -> None:
        from ci_accel import _native

        self.path = path
        self.now = now
        self.sealed = _native.coverage.read_sealed_coverage(path)
        doubts = now.doubts(self.sealed)
        if doubts:
            raise CoverageDataError(path, f"{shortened(doubts)}; run the tests again")
        roots = Roots(now.root)
        self._names = now.spellings(self.sealed)
        self._relative = {file: roots.identity(name) for file, name in self._names.items()}
        measured = {*self._relative.values()}
        absent = [source for source in now.sources if source not in measured and now.has_statements(source)]
        if absent:
            reason = "not in the data; measure all sources, or exclude them with `omit`"
            raise CoverageDataError(path, f"{shortened(absent)}: {reason}")
        self._check_lines()

    def _check_lines(self) -> None:
        """Check that no measured line lies past the end of its source.

        Raises:
            CoverageDataError: One does, so another file was measured under this name.
        """
        sources = {source for source in self.now.sources if source.endswith(".py")}
        for file, last in self.sealed.last_lines().items():
            source = self._relative[file]
            length = self.now.line_count(source) if source in sources else last
            if last > length:
                reason = f"line {last} was measured, but the file has {length} lines; another file ran under this name"
                raise CoverageDataError(self.path, f"{source}: {reason}")

    def count(
        self, *, session: Session | None, python: str | os.PathLike[str] | None
    ) -> tuple[Totals, tuple[str, ...]]:
        """Count statements and branches of the sources.

        Args:
            session: The nox session whose environment has coverage.py.
            python: Without a session, the interpreter that has coverage.py; None: this one.

        Returns:
            The totals, and notes on what was not counted or not checked.

        Raises:
            CoverageDataError: coverage.py cannot count the data.
        """
        lines = self.sealed.lines()
        if lines is None:
            counted = self._count_by_coverage_py(session, python)
        else:
            named = {self._relative[file]: found for file, found in lines.items()}
            counted = totals.of_slipcover(named, has_branches=self.sealed.has_branches)
        reported, measured = {file.path for file in counted.files}, {*self._relative.values()}
        outside = sorted(measured - {*self.now.sources})
        hidden = [source for source in self.now.sources if source in measured - reported]
        notes = []
        if not self.now.items:
            notes.append("no items are declared, so it was not checked that all tests ran")
        if outside:
            notes.append(f"not counted, because outside of sources: {shortened(outside)}")
        if hidden:
            notes.append(f"not counted, because excluded by the settings of coverage.py: {shortened(hidden)}")
        sources = {*self.now.sources}
        files = (file for file in counted.files if file.path in sources)
        return Totals(files, has_branches=counted.has_branches), tuple(notes)

    def _count_by_coverage_py(self, session: Session | None, python: str | os.PathLike[str] | None) -> Totals:
        """Let coverage.py count a private copy in an empty folder: it combines and deletes files beside the data."""
        import tempfile

        interpreter = Interpreter(session, python=python, root=self.now.root)
        with tempfile.TemporaryDirectory(prefix="ci-accel-coverage-") as folder:
            data = os.path.join(folder, "data")
            self.sealed.copy(data, spellings=self._names)
            return totals.of_coverage_py(
                data, path=self.path, root=self.now.root, python=interpreter.path, environment=interpreter.variables()
            )


def find(folder: str, now: Checkout) -> Proof:
    """Return the artifact in a folder that is complete and of the code in a checkout.

    Raises:
        CoverageDataError: No artifact is, or two are.
    """
    places = [os.path.join(folder, name) for name in ARTIFACTS.values()]
    answers = [_proof(path, now) for path in [place for place in places if os.path.lexists(place)] or places[:1]]
    proofs = [answer for answer in answers if isinstance(answer, Proof)]
    refused = [answer for answer in answers if isinstance(answer, CoverageDataError)]
    if not proofs:
        raise refused[0]
    if len(proofs) > 1:
        one, other = (proof.path for proof in proofs)
        raise CoverageDataError(one, f"complete and of this code, and so is {other}; delete one of them")
    for error in refused:
        log(f"coverage: not used: {error}")
    return proofs[0]


def _proof(path: str, now: Checkout) -> Proof | CoverageDataError:
    """Return the proof of an artifact, or the error."""
    try:
        return Proof(path, now)
    except CoverageDataError as error:
        return error


def shortened(words: Sequence[str]) -> str:
    """Return the first words of a list and the number of the others."""
    more = f" and {len(words) - MAX_SHOWN} more" if len(words) > MAX_SHOWN else ""
    return ", ".join(words[:MAX_SHOWN]) + more
