"""The state of processes: a zombie does not run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ci_accel.processes.process_state import has_running, is_alive


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_zombies_do_not_run() -> None:
    """A zombie is not alive, and a group of zombies has ended: in a container, nothing may ever collect orphans."""
    with subprocess.Popen(["true"], start_new_session=True) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.killpg(process.pid, 0)
        assert not has_running(process.pid)
        assert not is_alive(process.pid)
    assert not is_alive(process.pid)
    assert has_running(os.getpgrp())
    assert is_alive(os.getpid())
