"""Checks of arguments: each kind of list has its own message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.foundation.arguments import check_argv, check_names, check_path, check_paths, check_strings

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.every_python


def test_what_is_accepted() -> None:
    """Paths may be strings or path objects, in any iterable; names are strings."""
    assert check_path("root", Path("a")) == "a"
    assert check_paths("inputs", (path for path in ("a", Path("b/c")))) == ["a", "b/c"]
    assert check_argv("build", ("python", Path("b/c.py"), "{db}")) == ["python", "b/c.py", "{db}"]
    assert check_names("programs", {"git": 1}.keys()) == ["git"]
    assert check_strings("env", None) == {}
    assert check_strings("env", {"A": "1"}) == {"A": "1"}


@pytest.mark.parametrize(
    ("check", "given", "message"),
    [
        (check_paths, "schema", """a takes a list of paths, such as ["schema"], not 'schema'"""),
        (check_paths, Path("s"), """a takes a list of paths, such as ["s"], not PosixPath('s')"""),
        (check_argv, "make", """a takes a list of arguments, such as ["make"], not 'make'"""),
        (check_argv, "make -C db", """a takes a list of arguments, such as ["make", "-C", "db"], not 'make -C db'"""),
        (check_argv, "it's", """a takes a list of arguments, such as ["it's"], not \"it's\""""),
        (check_names, "HOME", """a takes a list of names, such as ["HOME"], not 'HOME'"""),
        (check_paths, None, "a takes a list of paths, not None"),
        (check_argv, b"make", "a takes a list of arguments, not b'make'"),
        (check_names, 3, "a takes a list of names, not 3"),
        (check_paths, ["x", b"y"], "a contains b'y'; paths are str or os.PathLike[str]"),
        (check_argv, ["x", 1], "a contains 1; arguments are str or os.PathLike[str]"),
        (check_names, [Path("x")], "a contains PosixPath('x'); names are str"),
        (check_path, 3, "a is 3; a path is a str or an os.PathLike[str]"),
        (check_path, b"x", "a is b'x'; a path is a str or an os.PathLike[str]"),
        (
            check_strings,
            [("A", "1")],
            "a takes a dictionary of strings, such as {\"NAME\": \"value\"}, not [('A', '1')]",
        ),
        (check_strings, {"A": 1}, 'a takes a dictionary of strings, such as {"NAME": "value"}, not {\'A\': 1}'),
    ],
)
def test_what_is_rejected(check: Callable[[str, Any], object], given: object, message: str) -> None:
    """A wrong value is a TypeError that names the argument and what it takes."""
    with pytest.raises(TypeError) as raised:
        check("a", given)
    assert str(raised.value) == message
