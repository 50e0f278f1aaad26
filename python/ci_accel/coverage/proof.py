"""Proofs of coverage data: what counts as the checkout stands, and an artifact that is whole and of it."""

from __future__ import annotations

import json
import os

from ci_accel.coverage import run as coverage_run
from ci_accel.coverage import settings as coverage_settings
from ci_accel.exceptions import CoverageDataError
from ci_accel.foundation import native
from ci_accel.foundation.arguments import check_paths
from ci_accel.foundation.fingerprint import Fingerprint, warn_of_collisions
from ci_accel.foundation.log import log

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nox import Session

    from ci_accel._native import SealedCoverage
    from ci_accel.coverage.totals import Totals

ARTIFACTS = {"slipcover": "coverage.json", "coverage.py": "coverage.sqlite"}
"""What a whole run's data is called, by the tool that measured."""

SUBJECT = "coverage"
"""What outcomes and log lines say that they are about."""

SHOWN = 3
"""Names in a reason; the others are counted."""


class Checkout:
    """What counts, as it stands.

    Attributes:
        root: Absolute path of the project's root.
        fingerprint: Of sources, items, inputs and settings.
        sources: The files that have to be covered, relative to the root, with `/`.
        items: The whole list.
    """

    __slots__ = ("_has_list", "fingerprint", "items", "root", "sources")

    def __init__(
        self, root: str, *, sources: Sequence[str], items: Sequence[str], inputs: Sequence[str], omit: Sequence[str]
    ) -> None:
        """Read it all, each file once.

        Args:
            root: Absolute path of the project's root.
            sources: Folders, files and globs.
            items: Files and globs.
            inputs: Files, folders and globs.
            omit: Patterns of sources that do not count.

        Raises:
            ValueError: One matches nothing.
            OSError: A file cannot be read; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        native.require()
        from ci_accel import _native

        values = coverage_settings.measuring(root)
        if omit:
            values["omit"] = json.dumps(omit)
        modules = [_modules(root, source) for source in sources]
        groups: list[tuple[Sequence[str], Sequence[str]]] = [(modules, coverage_settings.left_out(omit))]
        groups += [(items, ()), (inputs, ())]
        (digest, files, collisions), selected = _native.fingerprint_groups(groups, root=root, values=values)
        warn_of_collisions(collisions)
        for name in files:
            if not name.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in name):
                message = f"{name!r}: its name is not UTF-8, and coverage data could not name it; give it another"
                raise ValueError(message)
        self.root = root
        self.fingerprint = Fingerprint(digest, files, values)
        self.sources = selected[0]
        self.items = selected[1]
        self._has_list = bool(items)

    def select(self, items: Iterable[str | os.PathLike[str]]) -> list[str]:
        """Return the files of the whole list that some paths, folders and globs name.

        Raises:
            ValueError: One names nothing of the whole list.
        """
        from ci_accel import _native

        given = check_paths("items", items)
        _, groups = _native.fingerprint_groups([([item], ()) for item in given], root=self.root, values={})
        chosen: set[str] = set()
        for item, files in zip(given, groups, strict=True):
            named = {*files} & {*self.items} if self._has_list else {*files}
            if not named:
                message = f"{item} names nothing of the whole list; add it to items"
                raise ValueError(message)
            chosen |= named
        return sorted(chosen)

    def spellings(self, sealed: SealedCoverage) -> dict[str, str]:
        """Return how each file is spelled here, by its spelling in the data: it may have been measured elsewhere."""
        from ci_accel.coverage.paths import spellings

        moved = {file: self._moved(file, sealed.roots) for file in sealed.files}
        chosen = spellings(moved.values(), tool=sealed.format, root=self.root)
        return {file: chosen[name] for file, name in moved.items()}

    def _moved(self, file: str, roots: Iterable[str]) -> str:
        """Return a file below another checkout's root as the one below ours."""
        for root in roots:
            start = os.path.join(root, "")
            if file.startswith(start):
                return os.path.join(os.path.realpath(self.root), file[len(start) :])
        return file

    def shown(self, path: str) -> str:
        """Return a path as people name it: from the root."""
        return os.path.relpath(path, self.root)


class Proof:
    """An artifact that is whole, and of the code as it stands.

    Args:
        path: Where it stands, with its passport.
        now: What it has to be of.

    Attributes:
        path: As given.
        now: As given.
        sealed: The artifact, read.

    Raises:
        CoverageDataError: It cannot be trusted, is not whole, or is of something else.
    """

    __slots__ = ("_names", "_relative", "now", "path", "sealed")

    def __init__(self, path: str, now: Checkout) -> None:
        """Read and prove it."""
        from ci_accel import _native
        from ci_accel.coverage.paths import Roots

        self.path = path
        self.now = now
        self.sealed = _native.read_sealed_coverage(path)
        doubts = self.sealed.doubts(coverage_run.fields(now.fingerprint), items=now.items)
        if doubts:
            raise CoverageDataError(path, f"{joined(doubts)}; run the tests again")
        roots = Roots(now.root)
        self._names = now.spellings(self.sealed)
        self._relative = {file: roots.identity(name) for file, name in self._names.items()}
        measured = {*self._relative.values()}
        absent = [source for source in now.sources if source not in measured and _has_statements(now.root, source)]
        if absent:
            reason = "not in the data; see that the run measures all of the sources, or leave them out by omit"
            raise CoverageDataError(path, f"{joined(absent)}: {reason}")
        self._check_lines()

    def _check_lines(self) -> None:
        """See that no source ends before what was measured in it.

        Raises:
            CoverageDataError: One does: something else was measured under its name.
        """
        sources = {source for source in self.now.sources if source.endswith(".py")}
        for file, last in self.sealed.last_lines().items():
            source = self._relative[file]
            length = _length(self.now.root, source) if source in sources else last
            if last > length:
                reason = f"line {last} was measured, and it has {length}; see what is run under its name"
                raise CoverageDataError(self.path, f"{source}: {reason}")

    def count(
        self, *, session: Session | None, python: str | os.PathLike[str] | None
    ) -> tuple[Totals, tuple[str, ...]]:
        """Count what the sources have, and what of it ran.

        Args:
            session: The nox session whose environment has coverage.py.
            python: Without a session, the interpreter that has it; None: this one.

        Returns:
            The totals, and what is in the data and not counted.

        Raises:
            CoverageDataError: coverage.py cannot count.
        """
        from ci_accel.coverage import totals as coverage_totals

        lines = self.sealed.lines()
        if lines is None:
            totals = self._count_by_coverage_py(session, python)
        else:
            named = {self._relative[file]: found for file, found in lines.items()}
            totals = coverage_totals.of_slipcover(named, has_branches=self.sealed.has_branches)
        told, measured = {file.path for file in totals.files}, {*self._relative.values()}
        outside = sorted(measured - {*self.now.sources})
        hidden = [source for source in self.now.sources if source in measured - told]
        notes = []
        if not self.now.items:
            notes.append("no items are declared: a run of some tests cannot be told from one of all")
        if outside:
            notes.append(f"not counted, being none of the sources: {joined(outside)}")
        if hidden:
            notes.append(f"not counted, being left out by coverage.py's own settings: {joined(hidden)}")
        sources = {*self.now.sources}
        counted = (file for file in totals.files if file.path in sources)
        return coverage_totals.Totals(counted, has_branches=totals.has_branches), tuple(notes)

    def _count_by_coverage_py(self, session: Session | None, python: str | os.PathLike[str] | None) -> Totals:
        """Let coverage.py count, on a copy in an empty folder: it removes what it finds beside."""
        import tempfile

        from ci_accel.coverage import totals as coverage_totals
        from ci_accel.foundation.interpreter import Interpreter

        interpreter = Interpreter(session, python=python, root=self.now.root)
        with tempfile.TemporaryDirectory(prefix="ci-accel-coverage-") as folder:
            data = os.path.join(folder, "data")
            self.sealed.copy(data, spellings=self._names)
            return coverage_totals.of_coverage_py(
                data, path=self.path, root=self.now.root, python=interpreter.path, environment=interpreter.variables()
            )


def find(folder: str, now: Checkout) -> Proof:
    """Return the one artifact in a folder that is whole and of the code as it stands; others do not matter.

    Raises:
        CoverageDataError: There is none, or there are two.
    """
    places = [os.path.join(folder, name) for name in ARTIFACTS.values()]
    answers = [_proof(path, now) for path in [place for place in places if os.path.lexists(place)] or places[:1]]
    proofs = [answer for answer in answers if isinstance(answer, Proof)]
    refused = [answer for answer in answers if isinstance(answer, CoverageDataError)]
    if not proofs:
        raise refused[0]
    if len(proofs) > 1:
        one, other = (proof.path for proof in proofs)
        raise CoverageDataError(one, f"whole and of this code, and so is {other}; remove one of them")
    for error in refused:
        log(f"{SUBJECT}: not used: {error}")
    return proofs[0]


def _proof(path: str, now: Checkout) -> Proof | CoverageDataError:
    """Return the proof of one artifact, or why there is none."""
    try:
        return Proof(path, now)
    except CoverageDataError as error:
        return error


def joined(words: Sequence[str]) -> str:
    """Return the first of some words, and how many more there are."""
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more


def _modules(root: str, source: str) -> str:
    """Return a folder as the glob of its modules; else what was given."""
    if not os.path.isdir(os.path.join(root, source)):
        return source
    plain = "".join(f"[{letter}]" if letter in "*?[{" else letter for letter in source)
    return os.path.join(plain, "**", "*.py")


def _length(root: str, source: str) -> int:
    """Return how many lines a source has, at least 1: an empty one runs its first."""
    with open(os.path.join(root, source), encoding="latin-1") as file:  # lines end alike, whatever the letters are
        return max(1, sum(1 for _ in file))


def _has_statements(root: str, source: str) -> bool:
    """Whether a source has anything that could run; in doubt it has. A docstring alone is nothing."""
    import ast

    try:
        with open(os.path.join(root, source), "rb") as file:
            body = ast.parse(file.read()).body
    except (SyntaxError, ValueError):
        return True
    match body:
        case [] | [ast.Expr(value=ast.Constant(value=str()))]:
            return False
    return True
