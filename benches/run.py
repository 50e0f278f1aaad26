"""Measure the figures of docs/performance.md: ci-accel, the usual alternatives, and the floor.

Run it with `nox -s bench`, which builds an optimised wheel first. Compared figures are measured in turns within one
run, and are medians. Names of measurements as arguments select some of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import ci_accel
from benches.coverage_data import coverage_combine, coverage_inspect, coverage_merge
from benches.rounds import MILLISECONDS, REPOSITORY, floor, floor_program, in_turns, peak_megabytes, print_row
from ci_accel import _native
from ci_accel.guest import carrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def plant(root: Path, count: int, total_bytes: int) -> None:
    """Write files of random sizes with a fixed mean, in folders of fifty."""
    source = random.Random(7)
    block = source.randbytes(1 << 20)
    mean = total_bytes // count
    for number in range(count):
        folder = root / f"package_{number // 50:04}"
        folder.mkdir(parents=True, exist_ok=True)
        size = source.randrange(mean // 2, mean * 3 // 2)
        start = source.randrange(len(block) // 2)
        content = (block[start:] * (1 + size // (len(block) // 2)))[:size]
        (folder / f"module_{number:05}.py").write_bytes(content)


def hashlib_walk(root: Path) -> dict[str, str]:
    """Hash each file of a tree with pathlib and hashlib, so that changed files can be named, as ci-accel does."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def lean_walk(root: Path) -> str:
    """Hash a tree as fast as plain Python can: os.walk and one SHA-256, so that changed files cannot be named."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            digest.update(path.encode())
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def fingerprint_small(scratch: Path) -> None:
    """Compare the fingerprint of 850 files (6 MB) with plain Python and the floor."""
    root = scratch / "small"
    plant(root, 850, 6_000_000)
    times = in_turns(
        25,
        ours=lambda: ci_accel.fingerprint(["."], root=root),
        hashlib=lambda: hashlib_walk(root),
        lean=lambda: lean_walk(root),
    )
    read = floor(floor_program("read_files"), root, rounds=25)
    print_row(
        "fingerprint 850",
        ours_ms=times["ours"] * MILLISECONDS,
        hashlib_ms=times["hashlib"] * MILLISECONDS,
        lean_ms=times["lean"] * MILLISECONDS,
        floor_ms=read * MILLISECONDS,
        hashlib_to_ours=times["hashlib"] / times["ours"],
        lean_to_ours=times["lean"] / times["ours"],
        ours_to_floor=times["ours"] / read,
    )


def fingerprint_large(scratch: Path) -> None:
    """Compare the fingerprint of 50,000 files (1.4 GB) with dirhash, and measure its memory."""
    root = scratch / "large"
    plant(root, 50_000, 1_400_000_000)
    script = "import sys, ci_accel; ci_accel.fingerprint(['.'], root=sys.argv[1])"
    peer = "import sys, dirhash; dirhash.dirhash(sys.argv[1], 'md5')"

    def child(code: str) -> None:
        subprocess.run([sys.executable, "-c", code, str(root)], check=True)

    peak = peak_megabytes("-c", script, str(root))
    times = in_turns(3, ours=lambda: child(script), dirhash=lambda: child(peer))
    read = floor(floor_program("read_files"), root, rounds=3)
    print_row(
        "fingerprint 50,000",
        ours_s=times["ours"],
        dirhash_s=times["dirhash"],
        floor_s=read,
        dirhash_to_ours=times["dirhash"] / times["ours"],
        ours_to_floor=times["ours"] / read,
        peak_mb=peak,
    )


def database(path: Path) -> None:
    """Write a database of about 1 MB."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, name TEXT, note TEXT)")
    rows = [(f"item {number}", "x" * 180) for number in range(5000)]
    connection.executemany("INSERT INTO stock (name, note) VALUES (?, ?)", rows)
    connection.commit()
    connection.close()


def template_hit(scratch: Path) -> None:
    """Compare a hit with 850 inputs (6 MB) and the clone of a 1 MB database with copyfile and the floor."""
    root = scratch / "project"
    plant(root / "src", 850, 6_000_000)
    database(root / "made.db")
    (root / "build.py").write_text("import shutil, sys\nshutil.copyfile('made.db', sys.argv[1])\n")
    template = ci_accel.TemplateDB(
        inputs=["src", "build.py"], build=["python", "build.py", "{db}"], root=root, trace=False
    )
    template.ensure()
    copy, clone = scratch / "copy.db", scratch / "clone.db"

    def hit() -> None:
        if not template.ensure():
            message = "not a hit"
            raise RuntimeError(message)
        template.clone(clone, replace=True)

    times = in_turns(
        25,
        hit=hit,
        check=template.ensure,
        clone=lambda: template.clone(clone, replace=True),
        copyfile=lambda: shutil.copyfile(template.database, copy),
    )
    read = floor(floor_program("read_files"), root / "src", rounds=25)
    allowed = 2.5 * read + times["copyfile"] + 3 / MILLISECONDS
    print_row(
        "template hit",
        **{f"{name}_ms": spent * MILLISECONDS for name, spent in times.items()},
        floor_ms=read * MILLISECONDS,
        allowed_ms=allowed * MILLISECONDS,
        clone_to_copyfile=times["clone"] / times["copyfile"],
    )


TRACED_BUILDER = """
import os, sqlite3, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "src"))
for number in range(400):
    __import__(f"package_{number // 50}.module_{number}")
for number in range(700):
    os.path.exists(os.path.join(here, "optional", f"settings_{number}.toml"))
for number in range(300):
    os.listdir(os.path.join(here, "folders", str(number)))
from importlib import metadata
for distribution in metadata.distributions():
    distribution.entry_points
connection = sqlite3.connect(sys.argv[1])
connection.execute("CREATE TABLE made (x)")
connection.close()
"""
"""A builder that imports 400 modules, tests 700 missing files, lists 300 folders and reads all distributions."""


@contextlib.contextmanager
def distributions(count: int) -> Iterator[None]:
    """Fill this environment up to `count` distributions for the block."""
    site = Path(sysconfig.get_path("purelib"))
    made = [site / f"bench_{number}-1.0.dist-info" for number in range(count - len(list(site.glob("*.dist-info"))))]
    try:
        for info in made:
            info.mkdir()
            name = info.name.partition("-")[0]
            files = [f"{name}/module_{number}.py,sha256={'x' * 43},{number}\n" for number in range(100)]
            (info / "RECORD").write_text("".join(files))
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            (info / "entry_points.txt").write_text("[bench]\n")
        yield
    finally:
        for info in made:
            shutil.rmtree(info, ignore_errors=True)


def template_traced(scratch: Path) -> None:
    """Compare a hit of a traced builder with the floor for the same inputs, and measure the cost of tracing."""
    root = scratch / "traced"
    for number in range(400):
        module = root / "src" / f"package_{number // 50}" / f"module_{number}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(f"NUMBER = {number}\n" + "# what a source has of comments and code\n" * 150)
    for number in range(300):
        (root / "folders" / str(number)).mkdir(parents=True)
    (root / "optional").mkdir()
    (root / "build.py").write_text(TRACED_BUILDER)
    command = [sys.executable, str(root / "build.py"), str(scratch / "by_hand.db")]

    def by_hand(variables: dict[str, str]) -> None:
        (scratch / "by_hand.db").unlink(missing_ok=True)
        subprocess.run(command, env={**os.environ, **variables}, check=True)

    log = scratch / "trace.log"
    log.touch()
    carried = carrier.tracing_variables(os.environ, log)
    template = ci_accel.TemplateDB(inputs=["build.py"], build=["python", "build.py", "{db}"], root=root)
    with distributions(60):
        builds = in_turns(15, plain=lambda: by_hand({}), traced=lambda: by_hand(carried))
        outcome = template.ensure()
        if "not recorded" in str(outcome.reasons) or not template.ensure():
            message = f"not a hit: {outcome}"
            raise RuntimeError(message)
        times = in_turns(25, check=template.ensure)
        (variant,) = template.variants()
        seen = variant["manifest"]["made_from"]["seen"]
        paths = scratch / "paths"
        paths.write_text("".join(f"{path}\n" for path in looked_at(root, seen)))
        least = floor(floor_program("read_files"), paths, rounds=25)
    kinds = Counter(given["kind"] for given in seen)
    print_row(
        "template traced",
        check_ms=times["check"] * MILLISECONDS,
        floor_ms=least * MILLISECONDS,
        check_to_floor=times["check"] / least,
        inputs=str(len(seen)),
        distributions=str(kinds["distribution"]),
        build_ms=builds["plain"] * MILLISECONDS,
        traced_build_ms=builds["traced"] * MILLISECONDS,
    )


def looked_at(root: Path, seen: list[dict[str, str]]) -> Iterator[Path]:
    """Return the paths that a hit of a traced builder reads or tests."""
    for given in seen:
        if "path" in given:
            path = root / given["path"].replace("{prefix}", sys.prefix).replace("{home}", str(Path.home()))
            if given["kind"] == "distribution":
                path = path / f"{given['name']}-{given['version']}.dist-info" / "RECORD"
            yield path


def template_inventory(scratch: Path) -> None:
    """Measure the build, tracing and hit of the template of examples/inventory."""
    root = scratch / "inventory"
    made = shutil.ignore_patterns(".nox", ".*_cache", "__pycache__", "build")
    shutil.copytree(REPOSITORY / "examples" / "inventory", root, ignore=made)
    script = ["scripts/create_template_db.py"]
    log = scratch / "trace.log"
    log.touch()
    variables = {**os.environ, "PYTHONPATH": str(root / "src")}
    carried = carrier.tracing_variables(variables, log)

    def by_hand(more: dict[str, str]) -> None:
        command = [sys.executable, *script, str(scratch / "by_hand.db")]
        subprocess.run(command, cwd=root, env={**variables, **more}, check=True, stdout=subprocess.DEVNULL)

    builds = in_turns(7, plain=lambda: by_hand({}), traced=lambda: by_hand(carried))
    template = ci_accel.TemplateDB(
        inputs=["alembic", "alembic.ini", *script],
        build=["python", *script, "{db}"],
        env={"PYTHONPATH": "src"},
        root=root,
    )
    outcome = template.ensure()
    if "not recorded" in str(outcome.reasons) or not template.ensure():
        message = f"not a hit: {outcome}"
        raise RuntimeError(message)
    times = in_turns(25, check=template.ensure, clone=lambda: template.clone(scratch / "clone.db", replace=True))
    (variant,) = template.variants()
    print_row(
        "template inventory",
        build_ms=builds["plain"] * MILLISECONDS,
        traced_build_ms=builds["traced"] * MILLISECONDS,
        tracing_percent=(builds["traced"] / builds["plain"] - 1) * 100,
        inputs=str(len(variant["manifest"]["made_from"]["seen"])),
        check_ms=times["check"] * MILLISECONDS,
        clone_ms=times["clone"] * MILLISECONDS,
        build_to_check=builds["plain"] / times["check"],
    )


def import_time(_scratch: Path) -> None:
    """Measure the import of ci_accel alone, after nox, and with all its public names after nox; all with bytecode."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def milliseconds(before: str, code: str) -> float:
        timed = f"import time; {before}; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
        command = [sys.executable, "-I", "-c", timed]
        answers = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(21)
        ]
        return statistics.median(float(answer.stdout) for answer in answers[1:]) * MILLISECONDS

    print_row(
        "import ci_accel",
        alone_ms=milliseconds("pass", "import ci_accel"),
        after_nox_ms=milliseconds("import nox", "import ci_accel"),
        all_names_after_nox_ms=milliseconds("import nox", "from ci_accel import *"),
    )


def coverage_parallel(_scratch: Path) -> None:
    """Run a Behave project with coverage, in shards and in forks. Takes 15 minutes and prints several rows."""
    subprocess.run([sys.executable, REPOSITORY / "benches" / "parallel_coverage.py"], check=True)


MEASUREMENTS = {
    "fingerprint-small": fingerprint_small,
    "fingerprint-large": fingerprint_large,
    "template-hit": template_hit,
    "template-traced": template_traced,
    "template-inventory": template_inventory,
    "coverage-combine": coverage_combine,
    "coverage-merge": coverage_merge,
    "coverage-inspect": coverage_inspect,
    "import": import_time,
    "coverage-parallel": coverage_parallel,
}


def chosen(names: list[str]) -> Iterator[Callable[[Path], None]]:
    """Yield the named measurements; all of them without names."""
    for name in names or MEASUREMENTS:
        if name not in MEASUREMENTS:
            sys.exit(f"no measurement {name!r}; there are {', '.join(MEASUREMENTS)}")
        yield MEASUREMENTS[name]


def main() -> None:
    """Run the selected measurements, each in a new scratch folder."""
    if _native.IS_DEBUG_BUILD:
        sys.exit("this is a debug build of ci-accel; run `nox -s bench`")
    for measure in chosen(sys.argv[1:]):
        with tempfile.TemporaryDirectory(prefix="ci-accel-bench.") as scratch:
            measure(Path(scratch))


if __name__ == "__main__":
    main()
