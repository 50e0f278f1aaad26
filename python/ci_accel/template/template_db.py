"""The template database: built once, proved each time, cloned for each test."""

from __future__ import annotations

import json
import os

from ci_accel.exceptions import CiAccelInternalError, TemplateDatabaseError
from ci_accel.foundation import environment_variables, log, native
from ci_accel.foundation.arguments import check_argv, check_names, check_path, check_paths, check_strings
from ci_accel.foundation.interpreter import Interpreter, InterpreterError
from ci_accel.foundation.outcome import Outcome
from ci_accel.template import surroundings as tracing
from ci_accel.template.builder import PLACEHOLDER, Builder

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, TypedDict

    from nox import Session

    from ci_accel._native import Template, TemplateBuild, TemplateState
    from ci_accel.foundation.outcome import Status

    class Variant(TypedDict):
        """A stored database: its manifest, and what has changed since."""

        manifest: dict[str, Any]
        changes: list[str]


STATE_FOLDER = os.path.join("build", "ci-accel")
"""Where ci-accel keeps its state, relative to the root: the folder with CACHEDIR.TAG."""

DEFAULT_PATH = "build/.template-migrated.db"
"""The plain path where nobody says otherwise."""

SUBJECT = "template database"
"""What outcomes say that they are about."""

NOT_DECLARED = (
    "not in the proof: files outside inputs=, environment variables outside env=, distributions that are no migration "
    "tools, the clock, the network; declare what the builder uses of them in inputs= or values="
)
"""What `explain` says of the declared inputs' limits."""

_held: dict[str, TemplateState] = {}
"""Databases handed out by this process, by path: held to its end, so that nobody loses the one that he was given."""


class TemplateDB:
    """A template database with its builder and its inputs.

    Args:
        path: The plain path: kept a byte copy of the last database ensured, `<path>.manifest.json` beside it.
        inputs: What the builder reads: files, folders and globs, relative to `root`.
        build: The builder's argv. `{db}` in it, or in a value of `env`, is the path to build into. Its working
            directory is `root`.
        env: Environment variables for the builder.
        exclude: Files, folders and globs that do not count as inputs.
        exclude_env: Names of environment variables that do not count when traced.
        programs: Programs that the builder may run, whose reads are declared, when traced.
        values: Named texts that count as inputs.
        root: The project's root.
        trace: Whether to trace the builder's inputs. False says: the declared inputs are all.
        env_var: Variable that `ensure` sets to the database in the session's environment.
        store: Folder of the stored databases and manifests.
        lock_timeout: Seconds to wait for another process that builds; None: CI_ACCEL_LOCK_TIMEOUT, else 300.

    Raises:
        TypeError: An argument of the wrong kind, such as a lone string in place of a list.
        ValueError: No inputs; no `{db}` in `build` or `env`; a negative `lock_timeout`.

    All arguments can be read as attributes.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] = DEFAULT_PATH,
        *,
        inputs: Iterable[str | os.PathLike[str]],
        build: Sequence[str],
        env: Mapping[str, str] | None = None,
        exclude: Iterable[str | os.PathLike[str]] = (),
        exclude_env: Iterable[str] = (),
        programs: Iterable[str] = (),
        values: Mapping[str, str] | None = None,
        root: str | os.PathLike[str] = ".",
        trace: bool = True,
        env_var: str | None = None,
        store: str | os.PathLike[str] = "build/ci-accel/template",
        lock_timeout: float | None = None,
    ) -> None:
        """Check and keep the arguments; nothing is read yet."""
        self.path = check_path("path", path)
        self.inputs = tuple(check_paths("inputs", inputs))
        self.build = tuple(check_argv("build", build))
        self.env = check_strings("env", env)
        self.exclude = tuple(check_paths("exclude", exclude))
        self.exclude_env = tuple(check_names("exclude_env", exclude_env))
        self.programs = tuple(check_names("programs", programs))
        self.values = check_strings("values", values)
        self.root = check_path("root", root)
        self.trace = trace
        self.env_var = env_var
        self.store = check_path("store", store)
        self.lock_timeout = lock_timeout
        if not self.inputs:
            message = "inputs is empty: name what the builder reads, or nothing could ever be proved"
            raise ValueError(message)
        if not self.build:
            message = "build is empty: name the command that builds the database"
            raise ValueError(message)
        if not any(PLACEHOLDER in text for text in (*self.build, *self.env.values())):
            message = f"neither build nor a value of env holds {PLACEHOLDER}: the builder has to be told where to build"
            raise ValueError(message)
        environment_variables.lock_timeout(lock_timeout)
        self._root = os.path.abspath(self.root)
        self._database: str | None = None
        self._state: TemplateState | None = None
        self._is_opened = False

    def __repr__(self) -> str:
        """Show the plain path and the builder."""
        return f"TemplateDB({self.path!r}, build={list(self.build)!r})"

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> TemplateDB:
        """Open a database that `ensure` made: a stored one, or the plain path.

        Proves its bytes against the manifest beside it, not that its inputs are still the same. With the caches off
        (CI_ACCEL=off, no compiled module) the file is taken as it is.

        Args:
            path: The database.

        Returns:
            A template that can be cloned.

        Raises:
            OSError: The file cannot be read.
            TemplateDatabaseError: No manifest proves its bytes.
        """
        name = os.path.abspath(path)
        if environment_variables.why_off() is not None:
            with open(name, "rb"):
                pass
            return cls._opened(name, None)
        from ci_accel import _native

        return cls._opened(name, _native.open_template(name))

    @classmethod
    def _opened(cls, path: str, state: TemplateState | None) -> TemplateDB:
        """Make a template around a database that is there."""
        manifest = json.loads(state.manifest or "{}") if state is not None else {}
        declared, made_from = manifest.get("declared", {}), manifest.get("made_from", {})
        template = cls(
            path,
            inputs=declared.get("inputs") or [path],
            exclude=declared.get("exclude", ()),
            build=made_from.get("build") or [PLACEHOLDER],
            # The manifest has only digests of the environment's values; `{db}` may have stood in one of them.
            env={"": PLACEHOLDER},
            root=os.path.dirname(path),
        )
        template.env = {}
        template._database, template._state, template._is_opened = path, state, True
        return template

    @property
    def database(self) -> str:
        """The immutable database, after `ensure` or `open`.

        Raises:
            TemplateDatabaseError: Nothing was ensured, or nothing was run.
        """
        if self._database is None:
            raise TemplateDatabaseError(self.path, "there is no database yet; call ensure() or TemplateDB.open() first")
        return self._database

    @property
    def digest(self) -> str:
        """BLAKE3 of the database's bytes, 64 hex digits, after `ensure` or `open`; empty with the caches off."""
        return (self._state.digest if self._state is not None else None) or ""

    def changes_since(self, opened: TemplateDB) -> list[str]:
        """Return what has changed in the project since an opened database was built.

        Args:
            opened: What `TemplateDB.open` gave.

        Returns:
            The changes in words, the interpreter left out; empty with the caches off.

        Raises:
            ValueError: As `ensure`.
            OSError: As `ensure`.
        """
        if opened._state is None:
            return []
        return self._template(self._builder(None, None)).changes_since(opened._state)

    def variants(self) -> list[Variant]:
        """Return what is stored, most recently used first.

        Returns:
            Each stored manifest (docs/cache-keys.md has its fields), with what has changed in the project since, in
            words; the interpreter is left out, for each variant has its own.

        Raises:
            ValueError: As `ensure`.
            OSError: As `ensure`.
            CiAccelError: The compiled module is missing.
        """
        native.require()
        stored = self._template(self._builder(None, None)).variants()
        return [{"manifest": json.loads(manifest), "changes": changes} for manifest, changes in stored]

    def ensure(self, session: Session | None = None, *, python: str | os.PathLike[str] | None = None) -> Outcome:
        """Make sure that the database is what the builder would make now; build it if that is not proved.

        Reads every input and the stored database once. If another process builds the same, waits for it. A fault
        of the cache never fails the build: it leads to a private database, and "disabled".

        Args:
            session: The nox session whose environment runs the builder; gets `env_var`.
            python: Without a session, the interpreter whose environment runs the builder; None: this one.

        Returns:
            A hit, a miss (it was built), or "disabled", with the reasons.

        Raises:
            ValueError: An input matches nothing, or lies outside the root.
            OSError: An input cannot be read, or the plain path cannot be written.
            TemplateDatabaseError: The builder made no usable database.
            CiAccelError: "disabled" under CI_ACCEL_STRICT=1.

        What the builder raises goes through unchanged.
        """
        import time

        started = time.perf_counter()
        builder = self._builder(session, python)
        self._database = self._state = None
        reason = environment_variables.why_off()
        if reason is None:
            try:
                status, reasons = self._ensure_proved(builder)
            except (CiAccelInternalError, InterpreterError) as error:
                reason = str(error)
        if reason is not None:
            self._database = self._plainly(builder)
            status, reasons = "disabled", [reason]
            if self._database is None:
                reasons.append("nothing was run")
        if session is not None and self.env_var is not None and self._database is not None:
            session.env[self.env_var] = self._database
        outcome = self._outcome(status, reasons, time.perf_counter() - started)
        log.log_outcome(outcome)
        return outcome

    def explain(self, session: Session | None = None, *, python: str | os.PathLike[str] | None = None) -> Outcome:
        """Say what `ensure` would do, and why. Builds and changes nothing.

        Args:
            session: As for `ensure`.
            python: As for `ensure`.

        Returns:
            What it would answer, with more reasons: Alembic's heads, and what the proof does not cover.

        Raises:
            ValueError: As `ensure`.
            OSError: As `ensure`.
        """
        import time

        started = time.perf_counter()
        builder = self._builder(session, python)
        reason = environment_variables.why_off()
        if reason is not None:
            return Outcome("disabled", reasons=(reason,), subject=SUBJECT)
        try:
            state = self._template(builder).look()
        except InterpreterError as error:
            return Outcome("disabled", reasons=(str(error),), subject=SUBJECT)
        limits = tracing.LIMITS if self.trace else NOT_DECLARED
        reasons = [*self._reasons(state), *self._revisions(state), limits]
        return self._outcome(state.status, reasons, time.perf_counter() - started, state)

    def clone(self, destination: str | os.PathLike[str], *, replace: bool = False) -> str:
        """Copy the database for a test: proved while it is copied, whole or not at all, writable.

        Args:
            destination: Where to, relative to the current directory. Missing parent folders are made.
            replace: Whether an existing destination may go.

        Returns:
            The destination's absolute path.

        Raises:
            OSError: The destination exists, cannot be written, or side files of another database lie beside it.
            TemplateDatabaseError: There is no database yet, or its bytes have changed.
        """
        target = os.path.abspath(destination)
        if self._state is not None:
            self._state.copy_to(target, replace=replace)
        else:
            from ci_accel.template.fallback import copy_plainly

            copy_plainly(self.database, target, replace=replace)
        return target

    def _builder(self, session: Session | None, python: str | os.PathLike[str] | None) -> Builder:
        """Return who would build."""
        if self._is_opened:
            raise TemplateDatabaseError(self.path, "was opened to be cloned; to build, declare it with its inputs")
        interpreter = Interpreter(session, python=python, root=self._root, env=self.env)
        return Builder(self.build, self.env, root=self._root, interpreter=interpreter)

    def _absolute(self, path: str) -> str:
        """Return a path of ours, absolute: what is relative is relative to the root."""
        return os.path.normpath(os.path.join(self._root, path))

    def _template(self, builder: Builder) -> Template:
        """Return what is asked of the engine."""
        from ci_accel import _native

        # A traced builder says itself which distributions it uses.
        facts = builder.interpreter.describe(with_distributions=not self.trace)
        store, state_folder = self._absolute(self.store), self._absolute(STATE_FOLDER)
        is_inside = os.path.commonpath([store, state_folder]) == state_folder
        path, surroundings = self._absolute(self.path), None
        if self.trace:
            surroundings = tracing.surroundings(
                builder,
                facts.folders,
                root=self._root,
                path=path,
                state=[store, state_folder],
                exclude_env=self.exclude_env,
                programs=self.programs,
            )
        return _native.Template(
            self._root,
            path=path,
            store=store,
            tagged=state_folder if is_inside else store,
            build=[_encodable(argument) for argument in self.build],
            inputs=self.inputs,
            exclude=self.exclude,
            environment={_encodable(name): _encodable(value) for name, value in self.env.items()},
            values={_encodable(name): _encodable(value) for name, value in self.values.items()},
            interpreter=facts.properties,
            distributions=facts.distributions,
            surroundings=surroundings,
        )

    def _ensure_proved(self, builder: Builder) -> tuple[Status, list[str]]:
        """Find or build the database through the engine."""
        from ci_accel import _native

        template = self._template(builder)
        state = template.look()
        if state.status != "hit":
            begun = template.begin(
                lock_timeout=environment_variables.lock_timeout(self.lock_timeout),
                note=log.describe_process(),
                on_wait=lambda holder, lock: log.log_wait(SUBJECT, holder, lock),
            )
            if isinstance(begun, _native.TemplateBuild):
                built = self._build(builder, begun)
                if built is None:
                    return "disabled", [*begun.reasons, "nothing was run"]
                state = built
            else:
                state = begun
        if state.status == "hit":
            state = template.stored(state)
        trouble = template.keep_plain(state)
        self._state, self._database = state, state.database
        _held[self.database] = state
        reasons = self._reasons(state)
        return state.status, reasons if trouble is None else [*reasons, trouble]

    def _build(self, builder: Builder, build: TemplateBuild) -> TemplateState | None:
        """Run the builder and publish what it made; nothing where nothing was run."""
        import time

        try:
            started = time.perf_counter()
            if not builder.run(build.database, build.log if self.trace else None):
                return None
            seconds = time.perf_counter() - started
            return build.publish(
                seconds=seconds,
                doubts=tracing.doubts(self._root, builder, build) if self.trace else [],
            )
        finally:
            build.close()

    def _plainly(self, builder: Builder) -> str | None:
        """Build without proofs."""
        from ci_accel.template.fallback import build_plainly

        return build_plainly(builder, self._absolute(self.path))

    def _reasons(self, state: TemplateState) -> list[str]:
        """Return why the state is what it is, in words."""
        return [f"{state.input_count} inputs as recorded"] if state.status == "hit" else list(state.reasons)

    def _revisions(self, state: TemplateState) -> list[str]:
        """Return the Alembic revisions that a database was stamped with when it was built, as a reason to show."""
        revisions = json.loads(state.manifest)["alembic_revisions"] if state.manifest is not None else []
        return [f"Alembic revision of the database: {', '.join(revisions)}"] if revisions else []

    def _outcome(
        self, status: Status, reasons: list[str], seconds: float, state: TemplateState | None = None
    ) -> Outcome:
        """Return the answer."""
        state = state or self._state
        saved = state.build_seconds if state is not None and status == "hit" else None
        digest = (state.digest if state is not None else None) or ""
        return Outcome(
            status, reasons=tuple(reasons), digest=digest, seconds_spent=seconds, seconds_saved=saved, subject=SUBJECT
        )


def _encodable(text: str) -> str:
    """Return a text that the engine can write down: one that stands for bytes that are no UTF-8 as hex.

    No two texts become one: what looks like such a spelling already is spelled out, too.
    """
    mark = "bytes:"
    try:
        text.encode()
    except UnicodeEncodeError:
        pass
    else:
        if not text.startswith(mark):
            return text
    return mark + os.fsencode(text).hex()
