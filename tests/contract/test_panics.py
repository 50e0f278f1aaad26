"""A panic in any function, method or getter of the compiled module is a CiAccelInternalError."""

from __future__ import annotations

import json
from types import BuiltinFunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel import CiAccelInternalError, _native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not _native.IS_DEBUG_BUILD, reason="only a debug build panics on purpose")

DIGEST = "00" * 32
REPORT = {
    "meta": {
        "software": "slipcover",
        "version": "1.0.18",
        "timestamp": "2026-11-27T12:00:00",
        "branch_coverage": False,
        "show_contexts": False,
    },
    "files": {
        "a.py": {
            "executed_lines": [1],
            "missing_lines": [],
            "summary": {"covered_lines": 1, "missing_lines": 0, "percent_covered": 100.0},
        }
    },
    "summary": {
        "covered_lines": 1,
        "missing_lines": 0,
        "percent_covered": 100.0,
        "percent_covered_display": "100",
    },
}


def callables(module: ModuleType) -> Iterator[str]:
    """Yield the name of every function, class with a constructor, method and getter of a module and its modules."""
    for name, found in vars(module).items():
        if isinstance(found, ModuleType):
            if found.__name__.startswith(_native.__name__):
                yield from callables(found)
        elif isinstance(found, type):
            yield from (f"{name}.{member}" for member in vars(found) if not member.startswith("__"))
            if "__new__" in vars(found):
                yield name
        elif isinstance(found, BuiltinFunctionType):
            yield name


def all_callables() -> list[str]:
    """Return the names of everything in the compiled module that runs Rust code."""
    return sorted({*callables(_native)})


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[[], object]]:
    """Return a call of everything in the compiled module, with arguments that can be converted."""
    root: Path = tmp_path_factory.mktemp("panics")
    report, passport = root / "part.json", root / "part.json.passport.json"
    report.write_text(json.dumps(REPORT))
    request: Any = {
        "root": root,
        "path": root / "template.db",
        "store": root / "store",
        "tagged": root / "store",
        "build": [],
        "inputs": [],
        "exclude": [],
        "environment": {},
        "values": {},
        "interpreter": {},
        "distributions": {},
        "surroundings": None,
    }
    fields: Any = {
        "run": "run",
        "commit": None,
        "root": str(root),
        "before": (DIGEST, {}, {}),
        "after": DIGEST,
        "count": 1,
        "number": 1,
        "items": [],
        "exit_code": 0,
        "exit_codes": [0],
        "seconds": 1.0,
        "doubts": [],
    }
    template = _native.template.Template(request)
    state = template.look()
    build: Any = template.begin(lock_timeout=1.0, note="", on_wait=lambda *_: None)
    parts = _native.coverage.read_coverage_parts([report], into=root / "all.json", count=None, names=None)
    _native.coverage.seal_coverage([report], passport=passport, fields=fields)
    sealed = _native.coverage.read_sealed_coverage(report)
    methods: dict[str, Callable[[], object]] = {
        "CoverageParts.write": lambda: parts.write(root / "all.json", spellings={}),
        "SealedCoverage.copy": lambda: sealed.copy(root / "all.json", spellings={}),
        "SealedCoverage.doubts": lambda: sealed.doubts((DIGEST, {}, {}), items=[]),
        "SealedCoverage.last_lines": sealed.last_lines,
        "SealedCoverage.lines": sealed.lines,
        "SealedCoverage.not_run": lambda: sealed.not_run([]),
        "SealedCoverage.write": lambda: sealed.write(root / "all.json", spellings={}, root=""),
        "Template": lambda: _native.template.Template(request),
        "Template.begin": lambda: template.begin(lock_timeout=1.0, note="", on_wait=lambda *_: None),
        "Template.changes_since": lambda: template.changes_since(state),
        "Template.keep_plain": lambda: template.keep_plain(state),
        "Template.look": template.look,
        "Template.stored": lambda: template.stored(state),
        "Template.variants": template.variants,
        "TemplateBuild.close": build.close,
        "TemplateBuild.observe": lambda: build.observe(program="python"),
        "TemplateBuild.publish": lambda: build.publish(seconds=1.0, doubts=[]),
        "TemplateState.copy_to": lambda: state.copy_to(str(root / "clone.db"), replace=True),
        "fingerprint": lambda: _native.fingerprint.fingerprint([], root=root, exclude=[], values={}),
        "fingerprint_changes": lambda: _native.fingerprint.fingerprint_changes({}, {}, {}, {}),
        "fingerprint_groups": lambda: _native.fingerprint.fingerprint_groups([], root=root, values={}),
        "gather_sealed_coverage": lambda: _native.coverage.gather_sealed_coverage(root),
        "inspect_coverage": lambda: _native.coverage.inspect_coverage(report),
        "open_template": lambda: _native.template.open_template(str(root / "template.db")),
        "panic_in_next_call": _native.panic_in_next_call,
        "read_coverage_parts": lambda: _native.coverage.read_coverage_parts(
            [report], into=root, count=None, names=None
        ),
        "read_sealed_coverage": lambda: _native.coverage.read_sealed_coverage(report),
        "read_slipcover_lines": lambda: _native.coverage.read_slipcover_lines(report, into=root / "all.sqlite"),
        "seal_coverage": lambda: _native.coverage.seal_coverage([report], passport=passport, fields=fields),
    }
    objects = {"CoverageParts": parts, "SealedCoverage": sealed, "TemplateBuild": build, "TemplateState": state}
    getters = {name for name in all_callables() if "." in name and name not in methods}

    def getter(name: str) -> Callable[[], object]:
        """Return a call of a getter."""
        owner, _, attribute = name.partition(".")
        return lambda: getattr(objects[owner], attribute)

    return methods | {name: getter(name) for name in getters}


@pytest.mark.parametrize("name", all_callables())
def test_X01_every_call_turns_a_panic_into_an_exception(calls: dict[str, Callable[[], object]], name: str) -> None:
    """The call raises CiAccelInternalError, with the place of the panic."""
    call = calls[name]
    _native.panic_in_next_call()
    with pytest.raises(CiAccelInternalError, match=r"outcome\.rs.*\n?.*on purpose.*please report it"):
        call()
    assert _native.fingerprint.fingerprint_changes({}, {}, {}, {}) == []
