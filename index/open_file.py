"""Opening an untrusted file: contained, counted, unpacked as a stream, never without a limit."""

from __future__ import annotations

import gzip
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from index.walk import File

CHUNK = 1 << 16  #: bytes read at once


class TooLarge(Exception):
    """More bytes than the limit; the message says so."""


@contextmanager
def open_file(
    file: File, most_bytes: int, on_bytes: Callable[[int], None] | None = None
) -> Iterator[BinaryIO]:
    """Stream of `file`'s bytes, decompressed if it is packed.

    Args:
        file: from `walk`; if it has become a link or no regular file since, it is not read.
        most_bytes: `TooLarge` is raised where the (decompressed) stream is longer.
        on_bytes: called with the number of bytes read from disk since the last call; when
            the file is left, with the rest, so that the sum is the file's size.

    Raises:
        OSError: it cannot be opened or read, or is no gzip file.
        EOFError, zlib.error: a packed file is cut off or damaged.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    handle = os.open(file.path, flags)
    with open(handle, "rb", buffering=0) as raw:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("is no regular file any more")
        counted = _Counted(raw, file.size, on_bytes)
        try:
            whole: io.RawIOBase = counted
            if file.packed:
                packed = gzip.GzipFile(fileobj=io.BufferedReader(counted, CHUNK), mode="rb")
                whole = packed  # type: ignore[assignment]
            yield io.BufferedReader(_Capped(whole, most_bytes), CHUNK)
        finally:
            counted.finish()


class _Counted(io.RawIOBase):
    def __init__(
        self, raw: io.RawIOBase, size: int, on_bytes: Callable[[int], None] | None
    ) -> None:
        self._raw, self._left, self._on_bytes = raw, size, on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._raw.readinto(buffer) or 0
        self._tell(min(count, self._left))
        return count

    def finish(self) -> None:
        self._tell(self._left)

    def _tell(self, count: int) -> None:
        self._left -= count
        if count and self._on_bytes is not None:
            self._on_bytes(count)


class _Capped(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, most: int) -> None:
        self._raw, self._most, self._left = raw, most, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._raw.read(min(len(buffer), CHUNK)) or b""
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge(f"unpacks to more than {self._most} bytes, the limit for a file")
        buffer[: len(chunk)] = chunk
        return len(chunk)
