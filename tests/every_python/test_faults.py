"""Failures of the tracer appear in the log, and never in the builder."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.every_python.trace import FOLDER, Trace, build, plain, run

if TYPE_CHECKING:
    from pathlib import Path


def test_errors_become_doubts(python: str, trace: Trace, tmp_path: Path) -> None:
    """An error in the tracer makes the trace incomplete; the builder does not see it."""
    script = """
        import os
        class Odd:
            asked = 0
            def __fspath__(self):
                self.asked += 1
                if self.asked > 1:
                    raise RuntimeError("asked too often")
                return "absent"
        try: os.stat(Odd())
        except FileNotFoundError: print("as it was")
    """
    assert build(python, trace, tmp_path, script) == "as it was\n"
    assert trace.said("doubt") == [("doubt", "RuntimeError: asked too often")]
    assert trace.said("end")


def test_sub_interpreters(trace: Trace, tmp_path: Path) -> None:
    """A sub-interpreter is not traced, so the trace is incomplete."""
    module = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    build(sys.executable, trace, tmp_path, f"import {module} as i; i.create()")
    assert any("sub-interpreter" in words for _, words in trace.said("doubt"))


@pytest.mark.parametrize("log", ["none/there", "folder"])
def test_a_log_that_cannot_be_written(python: str, tmp_path: Path, log: str) -> None:
    """The builder runs as it would without the tracer."""
    (tmp_path / "folder").mkdir()
    variables = {**plain(), "CI_ACCEL_TRACE": str(tmp_path / log), "PYTHONPATH": str(FOLDER)}
    answer = run([python, "-c", "import json; print(json.dumps(1))"], variables, tmp_path)
    assert (answer.stdout, answer.stderr) == ("1\n", "")


def test_a_recorder_that_does_not_start(python: str, trace: Trace, tmp_path: Path) -> None:
    """The builder runs, and the log has no `start`, which makes the trace incomplete."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text((FOLDER / "sitecustomize.py").read_text())
    (broken / "recorder.py").write_text("1/0")
    variables = {**plain(), "CI_ACCEL_TRACE": str(trace.path), "PYTHONPATH": str(broken)}
    assert run([python, "-c", "print(1)"], variables, tmp_path).stdout == "1\n"
    assert trace.records() == []


def test_lines_are_whole_with_many_writers(trace: Trace, tmp_path: Path) -> None:
    """If eight processes with threads write at once, no line is torn or lost."""
    script = """
        import os, threading
        def look(name):
            for number in range(2000):
                os.path.exists("/none/%s/%d/%s" % (name, number, "x" * 50))
        pids = []
        for worker in range(8):
            pid = os.fork()
            if not pid:
                threads = [threading.Thread(target=look, args=("%d-%d" % (worker, n),)) for n in range(2)]
                [thread.start() for thread in threads]
                [thread.join() for thread in threads]
                os._exit(0)
            pids.append(pid)
        for pid in pids:
            os.waitpid(pid, 0)
    """
    build(sys.executable, trace, tmp_path, script)
    looked = [record for record in trace.said("stat") if record[1].startswith("/none/")]
    assert all(len(record) == 3 and record[1].endswith("x" * 50) and record[2] == "-" for record in looked)
    assert len(looked) == len(set(looked)) == 8 * 2 * 2000
    began, ended = trace.processes()
    assert began == ended
    assert len(began) == 9


def test_records_after_the_end(python: str, trace: Trace, tmp_path: Path) -> None:
    """Records that are made while the interpreter ends are written at once."""
    script = """
        import os
        class Late:
            def __del__(self, exists=os.path.exists):
                exists("/none/late")
        keep = Late()
    """
    build(python, trace, tmp_path, script)
    kinds = [record[:2] for record in trace.said("end", "stat") if record[0] == "end" or record[1] == "/none/late"]
    assert kinds == [("end",), ("stat", "/none/late")]


def test_records_come_before_a_kill(trace: Trace, tmp_path: Path) -> None:
    """The log of a killed process has its start, and the buffers that were full."""
    script = """
        import os, signal
        for number in range(2000):
            os.path.exists("/none/%d" % number)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    build(sys.executable, trace, tmp_path, script, code=-signal.SIGKILL)
    assert trace.said("start")
    assert not trace.said("end")
    assert len(trace.said("stat")) > 1000
