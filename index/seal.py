"""The seal: what the data folder's files were when it was last closed in good order.

A folder whose seal holds needs no further checking: every byte is as it was left. A
folder without one (the process was killed) or with a broken one (something changed a
file) is checked row by row against the catalogue. See `index.check`.
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

#: What is sealed, below the data folder.
PARTS = ("catalogue.sqlite", "chroma", "lexical")
_NAME = "seal.json"


@dataclass(frozen=True, slots=True)
class SealState:
    """What the seal says at opening."""

    exists: bool  #: False after a kill, or in a new folder
    files: frozenset[str]  #: the files that are not as they were sealed, below the data folder
    digests: dict[str, str] = field(default_factory=dict)  #: of every file, as it is now
    stamps: dict[str, tuple[int, int]] = field(default_factory=dict)  #: size and time of each

    @property
    def holds(self) -> bool:
        return self.exists and not self.files

    def has_changed(self, part: str) -> bool:
        """Whether a part (see PARTS) is not known to be as it was left."""
        return not self.exists or bool(self.changed_in(part))

    def changed_in(self, part: str) -> set[str]:
        """The part's files that are not as they were sealed; empty without a seal."""
        return {file for file in self.files if file.startswith(part)}


def read_seal(folder: Path, parts: tuple[str, ...]) -> SealState:
    """Compare every sealed file with its digest."""
    try:
        sealed: dict[str, str] = json.loads((folder / _NAME).read_bytes())
    except (OSError, ValueError):
        return SealState(exists=False, files=frozenset())
    stamps = _stamps(folder, parts)
    now = _digests(folder, parts)
    names = sealed.keys() | now.keys()
    changed = frozenset(name for name in names if sealed.get(name) != now.get(name))
    return SealState(True, changed, now, stamps)


def holds_anything(folder: Path) -> bool:
    """Whether there was ever an index in a folder: a seal, a catalogue, or what is derived."""
    return (folder / _NAME).exists() or any(_files(folder, part) for part in PARTS)


def break_seal(folder: Path) -> None:
    """Remove the seal, durably, before anything is written."""
    (folder / _NAME).unlink(missing_ok=True)
    _sync_folder(folder)


def write_seal(folder: Path, parts: tuple[str, ...], earlier: SealState | None = None) -> None:
    """Seal the files as they are now. All writers must be closed.

    A file whose size and time are those of `earlier` keeps its digest and is not read again.
    """
    path = folder / _NAME
    temporary = path.with_suffix(".new")
    with temporary.open("w") as file:
        json.dump(_digests(folder, parts, earlier), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(folder)


def _stamps(folder: Path, parts: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    found = {}
    for part in parts:
        for path in _files(folder, part):
            status = path.stat()
            found[str(path.relative_to(folder))] = (status.st_size, status.st_mtime_ns)
    return found


def _digests(
    folder: Path, parts: tuple[str, ...], earlier: SealState | None = None
) -> dict[str, str]:
    stamps = _stamps(folder, parts)
    kept = {
        name: earlier.digests[name]
        for name, stamp in stamps.items()
        if earlier and earlier.stamps.get(name) == stamp and name in earlier.digests
    }
    changed = [name for name in stamps if name not in kept]
    # hashlib lets go of the interpreter's lock, so two files are read at a time.
    with ThreadPoolExecutor(max_workers=2) as pool:
        digests = list(pool.map(lambda name: _digest(folder / name), changed))
    return kept | dict(zip(changed, digests, strict=True))


def _files(folder: Path, part: str) -> list[Path]:
    root = folder / part
    if root.is_dir():
        return sorted(path for path in root.rglob("*") if path.is_file())
    # Not SQLite's side files: a session that only reads makes them too, and whoever writes
    # breaks the seal first.
    return [root] if root.is_file() else []


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
