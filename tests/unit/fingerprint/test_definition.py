"""The engine compared with its plain definition, and both with the golden vectors."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import event, given

from tests.oracles.fingerprint import fingerprint as plain_definition
from tests.support.file_trees import ROOT, Scene, new_folder, require_names, scenes, some
from tests.support.fingerprint_engines import Engine, accelerated, both, outcome
from tests.vectors import make_template_key
from tests.vectors.make_fingerprint import VECTORS, Case, entries_of, lay_out, render

# The vectors

CASES: list[Case] = json.loads(VECTORS.read_text(encoding="ascii"))


@both
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(engine: Engine, case: Case, tmp_path: Path) -> None:
    """Each golden case has the expected digest, entries and values."""
    names = [Path(os.fsdecode(bytes.fromhex(file["path_hex"]))).name for file in case["files"] if "path_hex" in file]
    names += [Path(file["path"]).name for file in case["files"] if "path" in file]
    require_names(tmp_path, *set(names))
    root = tmp_path / "root"
    root.mkdir()
    lay_out(case, root)
    result = engine(case["inputs"], root=root, exclude=case["exclude"], values=case["values"])
    assert result.digest == case["digest"]
    assert entries_of(result.files) == case["entries"]
    assert result.values == case["values"]


def test_vectors_are_up_to_date() -> None:
    """The file of golden cases has the same bytes as the output of its script."""
    assert VECTORS.read_text(encoding="ascii") == render()


def test_template_keys_are_what_reference_gives() -> None:
    """The file of golden template keys is byte for byte what its script writes, and no two cases share a key."""
    text = make_template_key.VECTORS.read_text(encoding="ascii")
    assert text == make_template_key.render()
    keys = [case["key"] for case in json.loads(text)]
    assert len({*keys}) == len(keys)


# The engine against the plain definition


@some(1000)
@given(scene=scenes())
def test_engine_agrees_with_plain_definition(scene: Scene) -> None:
    """On random trees and arguments both engines give the same digest, files and values, or the same kind of error."""
    with new_folder() as root:
        scene.tree.build(root)
        inputs = [pattern.replace(ROOT, str(root)) for pattern in scene.inputs]
        exclude = [pattern.replace(ROOT, str(root)) for pattern in scene.exclude]
        expected = outcome(plain_definition, inputs, root=root, exclude=exclude, values=scene.values)
        event(expected.error or "fingerprint")
        assert outcome(accelerated, inputs, root=root, exclude=exclude, values=scene.values) == expected
