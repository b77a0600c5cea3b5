"""One process owns a data folder.

An advisory `flock` on `<data>/lock`: the kernel frees it when the holder dies,
however it dies, so there is no stale lock to clean up. The file's text only says
who holds it, for the error that the second process gets.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from index.errors import DataFolderError, FolderFull, FolderInUse


class FolderLock:
    """Held from `acquire` to `release`, or until the process ends."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path

    @classmethod
    def acquire(cls, folder: Path, purpose: str) -> FolderLock:
        """Take the folder for `purpose` (words for people, as "dateline serve").

        Creates the folder when it is absent. Raises `FolderInUse` at once when
        another process holds it, `FolderFull` or `DataFolderError` when the lock
        file cannot be made.
        """
        path = folder / "lock"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _unusable(folder, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise FolderInUse(
                    f"The data folder {folder} is in use by {holder}. One process owns a data "
                    "folder: ask that one (over HTTP if it is the service), stop it, or name "
                    "another folder with --data."
                ) from None
            raise _unusable(folder, error) from error
        lock = cls(descriptor, path)
        # The lock itself holds; where only its label can't be written (a full disk),
        # reading must go on working, so the label is given up.
        with suppress(OSError):
            lock._sign(purpose)
        return lock

    def _sign(self, purpose: str) -> None:
        label = {
            "purpose": purpose,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(label).encode(), 0)

    @property
    def is_held(self) -> bool:
        return self._descriptor >= 0

    def release(self) -> None:
        """Give the folder back. Safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _holder(descriptor: int) -> str:
    """Who holds the lock, from the file's label: "dateline serve (process 12 since …)"."""
    try:
        label = json.loads(os.pread(descriptor, 4096, 0))
        process = f"process {label['pid']} on {label['host']}, since {label['since']}"
        return f"{label['purpose']} ({process})"
    except (ValueError, KeyError, TypeError, OSError):
        return "another process"


def _unusable(folder: Path, error: OSError) -> DataFolderError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return FolderFull(
            f"The data folder {folder} can't be written ({error.strerror}). "
            "Free space or make it writable, then run the command again."
        )
    return DataFolderError(
        f"The data folder {folder} can't be used ({error.strerror}). "
        "Name a folder that you may write with --data or DATELINE_DATA."
    )
