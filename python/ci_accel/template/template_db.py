"""`TemplateDB`: a database that is built once, and reused and cloned while its inputs are unchanged."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from ci_accel.exceptions import CiAccelInternalError, TemplateDatabaseError
from ci_accel.foundation import environment_variables, log, native
from ci_accel.foundation.arguments import check_argv, check_names, check_path, check_paths, check_strings
from ci_accel.foundation.interpreter import Interpreter, InterpreterError
from ci_accel.foundation.outcome import Outcome
from ci_accel.template import held_databases
from ci_accel.template.builder import Builder
from ci_accel.template.declaration import (
    DEFAULT_PATH,
    DEFAULT_STORE,
    TemplateDeclaration,
    absolute_path,
    check_declaration,
)
from ci_accel.template.fallback import build_uncached, copy_database
from ci_accel.template.outcomes import (
    DECLARED_LIMITS,
    NOT_RUN,
    SUBJECT,
    TRACED_LIMITS,
    outcome_of,
    reasons_of,
    revisions_of,
)
from ci_accel.template.request import make_request
from ci_accel.template.surroundings import read_trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, TypedDict

    from nox import Session

    from ci_accel._native.template import TemplateBuild, TemplateState
    from ci_accel.foundation.outcome import Status

    class Variant(TypedDict):
        """A stored database.

        Keys:
            manifest: Its manifest; docs/cache-keys.md lists the fields.
            changes: What has changed in the project since it was built, one line for each change.
        """

        manifest: dict[str, Any]
        changes: list[str]


class TemplateDB(TemplateDeclaration):
    """A template database: the command that builds it, and the inputs that it is built from.

    Args:
        path: The plain path. After `ensure`, the file there is a copy of the database, with its manifest in
            `<path>.manifest.json`.
        inputs: Files, folders and globs that the builder reads, relative to `root`.
        build: The builder's command, as a list of arguments. `{db}` in an argument, or in a value of `env`, is replaced
            by the path to write to. The command runs in `root`.
        env: Environment variables for the builder.
        exclude: Files, folders and globs that are not inputs.
        exclude_env: Names of environment variables that are not inputs, even if a traced builder reads them. A name can
            end with `*`.
        programs: Names of programs that a traced builder may run. What they read is not traced: declare it.
        values: Named strings that are inputs, such as versions.
        root: The project's root. Relative paths are relative to it.
        trace: Whether to trace which files and variables the builder uses. If false, only the declared inputs count.
        env_var: The environment variable in which `ensure` passes the database's path to the session.
        store: The folder of the stored databases and their manifests.
        lock_timeout: Seconds to wait for another process that builds. None: CI_ACCEL_LOCK_TIMEOUT, else 300.

    Raises:
        TypeError: An argument has the wrong type, such as a string in place of a list.
        ValueError: `inputs` or `build` is empty, `{db}` is missing, or `lock_timeout` is negative.

    All arguments are attributes of the same name.
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
        store: str | os.PathLike[str] = DEFAULT_STORE,
        lock_timeout: float | None = None,
    ) -> None:
        """Check the arguments. Files are read only by the other methods."""
        super().__init__(
            path=check_path("path", path),
            inputs=tuple(check_paths("inputs", inputs)),
            build=tuple(check_argv("build", build)),
            env=check_strings("env", env),
            exclude=tuple(check_paths("exclude", exclude)),
            exclude_env=tuple(check_names("exclude_env", exclude_env)),
            programs=tuple(check_names("programs", programs)),
            values=check_strings("values", values),
            root=check_path("root", root),
            trace=trace,
            env_var=env_var,
            store=check_path("store", store),
            lock_timeout=lock_timeout,
        )
        check_declaration(self)
        self._database: str | None = None
        self._state: TemplateState | None = None

    def __repr__(self) -> str:
        """Return the plain path and the command."""
        return f"TemplateDB({self.path!r}, build={list(self.build)!r})"

    @staticmethod
    def open(path: str | os.PathLike[str]) -> TemplateDB:
        """Open a database that `ensure` made: a stored one, or the copy at the plain path.

        The content of the file is compared with the digest in its manifest; whether its inputs are unchanged is not
        checked. With the caches off (CI_ACCEL=off, or no compiled module) the content is not checked either.

        Args:
            path: The database.

        Returns:
            A template that can be cloned, and not built.

        Raises:
            OSError: The file cannot be read.
            TemplateDatabaseError: The manifest is missing, or has the digest of another content.
        """
        name = os.path.abspath(path)
        if environment_variables.why_off() is not None:
            with open(name, "rb"):  # only for the error
                pass
            return OpenedTemplateDB(name, None)
        from ci_accel import _native

        return OpenedTemplateDB(name, _native.template.open_template(name))

    @property
    def database(self) -> str:
        """The absolute path of the database after `ensure` or `open`. Its content never changes.

        Raises:
            TemplateDatabaseError: `ensure` was not called, or ran nothing.
        """
        if self._database is None:
            raise TemplateDatabaseError(self.path, "there is no database yet; call ensure() or TemplateDB.open() first")
        return self._database

    @property
    def digest(self) -> str:
        """The BLAKE3 digest of the database after `ensure` or `open`, as 64 hex digits; empty with the caches off."""
        return (self._state.digest if self._state is not None else None) or ""

    def changes_since(self, opened: TemplateDB) -> list[str]:
        """Return what has changed in the project since a database was built.

        Args:
            opened: The database, as `TemplateDB.open` returned it.

        Returns:
            One line for each change. The interpreter is not compared. Empty with the caches off.

        Raises:
            ValueError: As `ensure`.
            OSError: As `ensure`.
        """
        if opened._state is None:
            return []
        return make_request(self, self._builder(None, None)).changes_since(opened._state)

    def variants(self) -> list[Variant]:
        """Return the stored databases, the most recently used first.

        Returns:
            The manifest of each, with what has changed in the project since it was built. The interpreter is not
            compared, because there is a database for each interpreter.

        Raises:
            ValueError: As `ensure`.
            OSError: As `ensure`.
            CiAccelError: The compiled module is missing.
        """
        native.require()
        stored = make_request(self, self._builder(None, None)).variants()
        return [{"manifest": json.loads(manifest), "changes": changes} for manifest, changes in stored]

    def ensure(self, session: Session | None = None, *, python: str | os.PathLike[str] | None = None) -> Outcome:
        """Build the database, or reuse a stored one if all its inputs are unchanged.

        Waits while another process builds a database with the same command. If the store cannot be used, the database
        is built for this process alone and the status is "disabled".

        Args:
            session: The nox session that runs the builder. Its environment gets `env_var`.
            python: Without a session, the interpreter whose environment runs the builder. None: the running one.

        Returns:
            A hit (it was reused), a miss (it was built) or "disabled" (it was built without the cache), with the
            reasons. The outcome is also logged.

        Raises:
            ValueError: An input matches nothing, or is outside the root.
            OSError: An input cannot be read, or the plain path cannot be written.
            TemplateDatabaseError: The builder wrote no usable database.
            CiAccelError: The status is "disabled", and CI_ACCEL_STRICT is set.

        Exceptions of the builder are passed on unchanged.
        """
        started = time.perf_counter()
        builder = self._builder(session, python)
        self._database = self._state = None
        reason = environment_variables.why_off()
        if reason is None:
            try:
                status, reasons = self._ensure_cached(builder)
            except (CiAccelInternalError, InterpreterError) as error:
                reason = str(error)
        if reason is not None:
            self._database = build_uncached(builder, absolute_path(self, self.path))
            status, reasons = "disabled", [reason]
            if self._database is None:
                reasons.append(NOT_RUN)
        if session is not None and self.env_var is not None and self._database is not None:
            session.env[self.env_var] = self._database
        outcome = outcome_of(status, reasons, time.perf_counter() - started, self._state)
        log.log_outcome(outcome)
        return outcome

    def explain(self, session: Session | None = None, *, python: str | os.PathLike[str] | None = None) -> Outcome:
        """Return what `ensure` would do, and why, without building or changing anything.

        Args:
            session: As for `ensure`.
            python: As for `ensure`.

        Returns:
            The outcome that `ensure` would have. Its reasons also name the Alembic revision of the stored database, and
            the kinds of inputs that are not traced.

        Raises:
            ValueError: As `ensure`.
            OSError: As `ensure`.
        """
        started = time.perf_counter()
        builder = self._builder(session, python)
        reason = environment_variables.why_off()
        if reason is not None:
            return Outcome("disabled", reasons=(reason,), subject=SUBJECT)
        try:
            state = make_request(self, builder).look()
        except InterpreterError as error:
            return Outcome("disabled", reasons=(str(error),), subject=SUBJECT)
        limits = TRACED_LIMITS if self.trace else DECLARED_LIMITS
        reasons = [*reasons_of(state), *revisions_of(state), limits]
        return outcome_of(state.status, reasons, time.perf_counter() - started, state)

    def clone(self, destination: str | os.PathLike[str], *, replace: bool = False) -> str:
        """Copy the database, for a test that writes to it.

        The content is compared with its digest while it is copied. The copy appears as a whole or not at all.

        Args:
            destination: The path of the copy, relative to the current directory. Missing folders are created.
            replace: Whether to replace an existing file.

        Returns:
            The absolute path of the copy.

        Raises:
            OSError: The destination exists or cannot be written, or a side file of another database is beside it.
            TemplateDatabaseError: There is no database yet, or its content has changed.
        """
        target = os.path.abspath(destination)
        if self._state is not None:
            self._state.copy_to(target, replace=replace)
        else:
            copy_database(self.database, target, replace=replace)
        return target

    def _builder(self, session: Session | None, python: str | os.PathLike[str] | None) -> Builder:
        """Return the builder in the environment of a session or of an interpreter."""
        interpreter = Interpreter(session, python=python, root=self.absolute_root, env=self.env)
        return Builder(self.build, self.env, root=self.absolute_root, interpreter=interpreter)

    def _ensure_cached(self, builder: Builder) -> tuple[Status, list[str]]:
        """Find a stored database or build one. Return the status and the reasons."""
        from ci_accel import _native

        request = make_request(self, builder)
        state = request.look()
        if state.status != "hit":
            begun = request.begin(
                lock_timeout=environment_variables.lock_timeout(self.lock_timeout),
                note=log.describe_process(),
                on_wait=lambda holder, lock: log.log_wait(SUBJECT, holder, lock),
            )
            if isinstance(begun, _native.template.TemplateBuild):
                built = self._build(builder, begun)
                if built is None:
                    return "disabled", [*begun.reasons, NOT_RUN]
                state = built
            else:
                state = begun
        if state.status == "hit":
            state = request.stored(state)
        trouble = request.keep_plain(state)
        self._state, self._database = state, state.database
        held_databases.hold(self.database, state)
        reasons = reasons_of(state)
        return state.status, reasons if trouble is None else [*reasons, trouble]

    def _build(self, builder: Builder, build: TemplateBuild) -> TemplateState | None:
        """Run the builder and publish the database; return None if the session runs no commands."""
        try:
            started = time.perf_counter()
            if not builder.run(build.database, build.log if self.trace else None):
                return None
            seconds = time.perf_counter() - started
            doubts = read_trace(self.absolute_root, builder, build) if self.trace else []
            return build.publish(seconds=seconds, doubts=doubts)
        finally:
            build.close()


class OpenedTemplateDB(TemplateDB):
    """A database that `TemplateDB.open` opened: it can be cloned, and not built.

    Its arguments are those that its manifest records.

    Args:
        path: Absolute path of the database.
        state: The native object that has it open; None with the caches off.
    """

    def __init__(self, path: str, state: TemplateState | None) -> None:
        """Read the arguments from the manifest. Nothing is checked: an opened database is never built."""
        manifest = json.loads(state.manifest) if state is not None and state.manifest is not None else {}
        declared, made_from = manifest.get("declared", {}), manifest.get("made_from", {})
        TemplateDeclaration.__init__(
            self,
            path=path,
            inputs=tuple(declared.get("inputs", ())),
            build=tuple(made_from.get("build", ())),
            exclude=tuple(declared.get("exclude", ())),
            root=os.path.dirname(path),
        )
        self._database = path
        self._state = state

    def _builder(self, session: Session | None, python: str | os.PathLike[str] | None) -> Builder:
        """Refuse to build."""
        del session, python
        reason = "was opened to be cloned; to build it, create a TemplateDB with its inputs"
        raise TemplateDatabaseError(self.path, reason)
