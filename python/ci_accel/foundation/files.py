"""Files that stand whole or not at all, for what Python writes itself."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterator

MODE = 0o666
"""Mode of new files, less umask: `tempfile` would leave them to their owner alone."""


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file beside its place and rename it there.

    Args:
        path: Where to. Missing parent folders are made; an existing file is replaced.
        content: All of it.

    Raises:
        OSError: It cannot be written; what stood there still does.
    """
    with beside(path) as unfinished, open(unfinished, "wb") as file:
        file.write(content)


@contextlib.contextmanager
def beside(path: str | os.PathLike[str]) -> Iterator[str]:
    """Give a new name beside `path`, which takes its place when the block ends without an error.

    Args:
        path: The place. Missing parent folders are made; an existing file is replaced.

    Yields:
        The name of an empty file with ordinary permissions.

    Raises:
        OSError: No file can be made there; `.filename` names it.
    """
    import uuid

    name = os.path.abspath(path)
    os.makedirs(os.path.dirname(name), exist_ok=True)
    unfinished = f"{name}.{uuid.uuid4().hex}.tmp"
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODE))
    try:
        yield unfinished
        os.replace(unfinished, name)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise
