"""Write files atomically: a file is complete, or it is not there."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MODE = 0o666
"""Mode of new files, less the umask. `tempfile` would make them readable for their owner only."""


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a temporary file beside `path` and rename it to `path`.

    Args:
        path: The file to write. Missing parent folders are created; an existing file is replaced.
        content: The content of the file.

    Raises:
        OSError: The file cannot be written. An existing file is left as it was.
    """
    with beside(path) as unfinished, open(unfinished, "wb") as file:
        file.write(content)


@contextlib.contextmanager
def beside(path: str | os.PathLike[str]) -> Iterator[str]:
    """Create a temporary file beside `path`; rename it to `path` if the block ends without an exception.

    Args:
        path: The file to write. Missing parent folders are created; an existing file is replaced.

    Yields:
        The path of the temporary file. It is empty and has ordinary permissions.

    Raises:
        OSError: The temporary file cannot be created; `.filename` names it.
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
