"""Crash trials: many processes ask for one template at once, some are killed, and one more runs afterwards.

`Trial.violations` lists the broken invariants of a `sharing_protocols.SharingProtocol`. The variable FAULTS_SEED
sets the seed, which is random otherwise, and FAULTS_TRIALS sets the number of trials.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults import builder
from tests.faults.sample_project import SampleProject, dump

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1 << 32))
"""Seed of all random choices of this run."""

TRIALS = int(os.environ.get("FAULTS_TRIALS") or 25)
"""Number of trials of a protocol."""

PROCESSES = 8
"""Number of processes that ask for the template at once."""

KILLS = 2
"""Number of killed processes."""

WINDOW = 0.150
"""Length in seconds of the interval from the start within which processes are killed."""

PAUSE = "0.008"
"""Seconds between the statements of a build, chosen so that a build takes about as long as WINDOW."""

PATIENCE = 180.0
"""Seconds after which a process is considered to hang."""


class Racer:
    """A process of a trial."""

    def __init__(self, protocol: str, project: SampleProject, destination: Path) -> None:
        """Start the process, which waits for `go`."""
        self.destination = destination
        self._errors = destination.with_suffix(".txt")
        command = [
            sys.executable,
            "-m",
            "tests.faults.sharing_protocols",
            protocol,
            str(project.folder),
            str(destination),
        ]
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command,
                env=project.environment(**{builder.PAUSE: PAUSE}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                text=True,
            )

    def get_ready(self) -> None:
        """Wait until the process is ready."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.error_output()

    def go(self) -> None:
        """Start the work, unless the process is dead."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def kill(self, *, group: bool) -> None:
        """Kill the process, alone or with its builder."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)

    def end(self) -> str:
        """Wait for the end of the process and its builder, which share the output; return the last line."""
        try:
            output, _ = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill(group=True)
            self.process.communicate()
            return "hung"
        return output.strip()

    def was_killed(self) -> bool:
        """Return whether the process was killed before its end."""
        return self.process.returncode == -signal.SIGKILL

    def error_output(self) -> str:
        """Return the text on standard error."""
        return self._errors.read_text("utf-8", errors="replace")


@dataclass
class Trial:
    """One trial of a protocol.

    Attributes:
        protocol: Name of the protocol.
        folder: An empty folder.
        seed: Seed of the random choices.
        kills: Number of processes to kill.
        killed: Number of processes that were killed before their end.
        violations: Descriptions of the broken invariants.
    """

    protocol: str
    folder: Path
    seed: int
    kills: int = KILLS
    killed: int = 0
    violations: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Run the processes and collect the violations."""
        chance = random.Random(self.seed)
        project = SampleProject(self.folder)
        reference = project.reference()
        racers = [Racer(self.protocol, project, self.folder / f"{number}.db") for number in range(PROCESSES)]
        for racer in racers:
            racer.get_ready()
        for racer in racers:
            racer.go()
        started = time.monotonic()
        for victim, delay in zip(chance.sample(racers, self.kills), sorted(self._delays(chance)), strict=True):
            time.sleep(max(0.0, started + delay - time.monotonic()))
            victim.kill(group=chance.random() < 0.5)
            self._check_plain(project, reference, "after a kill")
        for number, racer in enumerate(racers):
            self._check_racer(f"process {number}", racer, reference)
        self._check_plain(project, reference, "when all had ended")
        left = project.unfinished()

        later = Racer(self.protocol, project, self.folder / "later.db")
        later.get_ready()
        later.go()
        word = self._check_racer("the later run", later, reference)
        self._expect("I4", word == "done", f"the later run {word or 'failed'}")
        still_left = sorted(str(path.relative_to(self.folder)) for path in left & project.unfinished())
        self._expect("I3", not still_left, f"the later run left {', '.join(still_left)}")
        builds = project.builds()
        self._expect("I2", builds <= 1 + self.killed, f"{builds} builds with {self.killed} kills")
        self._check_plain(project, reference, "in the end")

    def _delays(self, chance: random.Random) -> Iterator[float]:
        return (chance.uniform(0, WINDOW) for _ in range(self.kills))

    def _expect(self, invariant: str, holds: bool, otherwise: str) -> None:
        if not holds:
            self.violations.append(f"{invariant}: {otherwise}")

    def _check_racer(self, name: str, racer: Racer, reference: str) -> str:
        word = racer.end()
        if racer.was_killed() and word != "hung":
            self.killed += 1
            is_right = not racer.destination.exists() or dump(racer.destination) == reference
            self._expect("I5", is_right, f"{name} was killed and left an incomplete copy")
            return word
        has_ended = racer.process.returncode == 0
        self._expect("I1", has_ended, f"{name} {word or 'failed'}: {racer.error_output()[-2000:]}")
        if has_ended:
            self._expect("I1", dump(racer.destination) == reference, f"{name} got {dump(racer.destination)[-200:]}")
        return word

    def _check_plain(self, project: SampleProject, reference: str, when: str) -> None:
        if project.plain.exists():
            self._expect("I5", dump(project.plain) == reference, f"{project.plain.name} was incomplete {when}")


def run_trials(
    protocol: str, folder: Path, *, trials: int, kills: int = KILLS, until_caught: bool = False
) -> list[Trial]:
    """Run trials of a protocol, each with a seed derived from SEED."""
    chance = random.Random(f"{SEED} {protocol}")
    done = []
    for number in range(trials):
        trial = Trial(protocol, folder / f"trial-{number:04}", chance.getrandbits(32), kills)
        trial.run()
        done.append(trial)
        if until_caught and trial.violations:
            break
    return done


def report(trials: list[Trial]) -> str:
    """Return the violations of each trial, and the variables that repeat them."""
    lines = [f"FAULTS_SEED={SEED} FAULTS_TRIALS={len(trials)} repeats it:"]
    lines += [f"{trial.folder.name}: {violation}" for trial in trials for violation in trial.violations]
    return "\n".join(lines)
