"""The lexical index's files: their checksums, and tantivy's troubles with them as our errors."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import FolderFull, FolderInUse, IndexingError, LexicalIndexDamaged

_NO_ROOM = {13, 27, 28, 30, 122}  # EACCES, EFBIG, ENOSPC, EROFS, EDQUOT
_ROOM_FOR_A_SEGMENT = 16_000_000  # bytes
_FOOTER_MAGIC = 1337


def checksum_holds(content: bytes) -> bool:
    """Whether the CRC-32 in the footer (JSON, its length, a magic number) fits the rest."""
    if len(content) < 8 or int.from_bytes(content[-4:], "little") != _FOOTER_MAGIC:
        return False
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    if start < 0:
        return False
    try:
        footer = json.loads(content[start:-8])
    except ValueError:
        return False
    return isinstance(footer, dict) and footer.get("crc") == zlib.crc32(content[:start])


@contextmanager
def our_errors(folder: Path) -> Iterator[None]:
    """Turn what tantivy raises into our errors: it has one class for all, and panics."""
    try:
        yield
    except IndexingError:
        raise
    except BaseException as error:
        panicked = type(error).__name__ == "PanicException"  # no Exception, and not importable
        if not panicked and not isinstance(error, (OSError, ValueError, RuntimeError)):
            raise
        raise _our_error(error, folder) from error


def _our_error(error: BaseException, folder: Path) -> IndexingError:
    said = str(error)
    code = re.search(r"(?:os error |code: |Errno )(\d+)", said)
    if (code and int(code[1]) in _NO_ROOM) or _nearly_full(folder):
        return FolderFull(
            f"The lexical index in {folder} cannot be written: no room, or no right to write. "
            "Make room there, then try again; nothing since the last commit was kept."
        )
    if "LockBusy" in said or "acquire Lockfile" in said:
        return FolderInUse(f"Another writer has {folder} open. Stop it, then try again.")
    return LexicalIndexDamaged(damaged(folder, said[:300]))


def _nearly_full(folder: Path) -> bool:
    # When tantivy's own thread meets a full disk, the caller only hears that it died.
    try:
        return shutil.disk_usage(folder).free < _ROOM_FOR_A_SEGMENT
    except OSError:
        return False


def damaged(folder: Path, why: str) -> str:
    return (
        f"The lexical index in {folder} cannot be read ({why}). "
        "Delete that folder: it is rebuilt from the catalogue."
    )
