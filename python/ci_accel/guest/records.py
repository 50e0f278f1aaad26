"""Log files that several processes append to: one record a line, its fields between tabs."""

from __future__ import annotations

import posix

_SAFE = bytes({*range(0x20, 256)} - {*b"%\x7f"})


def escaped(field: bytes) -> bytes:
    """Return a field with control characters and `%` as `%XX`."""
    return b"".join(b"%c" % byte if byte in _SAFE else b"%%%02X" % byte for byte in field)


def joined(fields: tuple[bytes, ...]) -> bytes:
    """Return fields as one line, without its end."""
    line = b"\t".join(fields)
    if len(line.translate(None, _SAFE)) == len(fields) - 1:  # the only unsafe bytes are the tabs between the fields
        return line
    return b"\t".join(map(escaped, fields))


class Records:
    """A log file, opened only while something is appended: a program that closes descriptors does not close it.

    Methods use no globals and no builtins: the witness writes its last record when the interpreter has cleared its
    modules.

    Args:
        path: The file, which exists.

    Attributes:
        path: The argument. The same object is passed to `open`, so that the tracer recognises its own log.
    """

    def __init__(self, path: bytes) -> None:
        self.path = path
        self._flags = posix.O_WRONLY | posix.O_APPEND | posix.O_CLOEXEC
        self._open, self._write, self._close = posix.open, posix.write, posix.close

    def append(self, lines: bytes) -> int:
        """Append whole lines in one call.

        Returns:
            The number of bytes written, which is smaller if the disk is full.

        Raises:
            OSError: The file cannot be opened or written.
        """
        file = self._open(self.path, self._flags)
        try:
            return self._write(file, lines)
        finally:
            self._close(file)
