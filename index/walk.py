"""Paths that a person gives become files to read, in a fixed order, contained in their folder."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.records import Rejected

KINDS = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".json": "json",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".xml": "feed", ".rss": "feed", ".atom": "feed",
}  # fmt: skip
FORMATS = ".txt, .md, .html, .json, .jsonl, .ndjson, .xml, .rss, .atom, each also with .gz"
_ARCHIVES = (".zip", ".tar", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".zst")
#: In capitals, these accompany a collection and are no part of it.
_COMPANIONS = frozenset(
    [
        "README",
        "LICENSE",
        "LICENCE",
        "NOTICE",
        "COPYING",
        "CHANGELOG",
        "AUTHORS",
        "CONTRIBUTING",
        "MANIFEST",
        "SHA256SUMS",
        "MD5SUMS",
    ]
)


@dataclass(frozen=True, slots=True)
class File:
    """A regular file to read."""

    path: Path  #: to open: absolute, links resolved
    origin: str  #: to show
    key: str  #: the given folder's name and the path in it, with "/", in NFC
    kind: str  #: "text", "markdown", "html", "json", "jsonl" or "feed"
    packed: bool  #: gzip
    size: int  #: bytes on disk


def walk(paths: Sequence[str | Path]) -> Iterator[File | Rejected]:
    """Files under `paths`: folders recursively, names in order, then the links in a folder.

    A link is followed only to what stays inside the folder given, and a file is read once
    however many links lead to it. Hidden files and README, LICENSE and their like in
    capitals are passed over. Two given paths that would share a key are told apart by the
    names of the folders above them.
    """
    taken: dict[str, Path] = {}
    files: set[Path] = set()
    for given in paths:
        for found in _walk_one(Path(given)):
            if isinstance(found, File) and len(paths) > 1:
                if found.path in files:
                    continue
                files.add(found.path)
                found = _with_own_key(found, taken)
            yield found


def total_bytes(paths: Sequence[str | Path]) -> int:
    """Bytes on disk of all files that `walk` finds; nothing is opened. "-" counts nothing."""
    return sum(f.size for f in walk([p for p in paths if str(p) != "-"]) if isinstance(f, File))


def shown(path: str | Path) -> str:
    """`path` for people: what cannot be printed in it is replaced."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _walk_one(given: Path) -> Iterator[File | Rejected]:
    try:
        path = given.resolve(strict=True)
        status = path.stat()
    except FileNotFoundError:
        yield Rejected(shown(given), "there is no such file or folder")
    except (OSError, RuntimeError, ValueError) as error:
        yield Rejected(shown(given), _complaint(error))
    else:
        if stat.S_ISDIR(status.st_mode):
            yield from _folder(given, path)
        else:
            yield _file(path, status, shown(given), f"{path.parent.name}/{given.name or path.name}")


def _folder(given: Path, root: Path) -> Iterator[File | Rejected]:
    links: list[Path] = []
    seen: set[tuple[int, int]] = set()
    nothing = True
    for found in _entries(given, root, root, links, seen):
        nothing = False
        yield found
    # Links last, so that a file is known by its own name and not by a link's. A linked
    # folder may hold further links: the list grows while it is read.
    for link in links:
        nothing = False
        yield from _linked(given, root, link, links, seen)
    if nothing:
        yield Rejected(shown(given), "the folder holds no articles")


def _entries(
    given: Path, root: Path, folder: Path, links: list[Path], seen: set[tuple[int, int]]
) -> Iterator[File | Rejected]:
    waiting = [folder]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            yield Rejected(shown(given / folder.relative_to(root)), _complaint(error))
            continue
        folders: list[Path] = []
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith(".") or _is_companion(entry.name):
                continue
            if entry.is_symlink():
                links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            else:
                found = _one(given, root, path, path, seen)
                if found is not None:
                    yield found
        waiting += reversed(folders)


def _linked(
    given: Path, root: Path, link: Path, links: list[Path], seen: set[tuple[int, int]]
) -> Iterator[File | Rejected]:
    origin = shown(given / link.relative_to(root))
    try:
        target = link.resolve(strict=True)
    except FileNotFoundError:
        yield Rejected(origin, "the link leads nowhere")
        return
    except (OSError, RuntimeError) as error:
        yield Rejected(origin, _complaint(error))
        return
    if not target.is_relative_to(root):
        yield Rejected(origin, f"the link points outside the folder {shown(given)}")
    elif target.is_dir():
        yield from _entries(given, root, target, links, seen)
    else:
        found = _one(given, root, target, link, seen)
        if found is not None:
            yield found


def _one(
    given: Path, root: Path, path: Path, named: Path, seen: set[tuple[int, int]]
) -> File | Rejected | None:
    """The file `path`, known by the name `named`; None if a link led to it before."""
    relative = named.relative_to(root)
    origin = shown(given / relative)
    try:
        status = path.stat(follow_symlinks=False)
    except OSError as error:
        return Rejected(origin, _complaint(error))
    # Hard links are files of their own; only a symbolic link's target is looked up.
    if path is not named and (status.st_dev, status.st_ino) in seen:
        return None
    seen.add((status.st_dev, status.st_ino))
    # The folder's own name belongs to it: two folders may hold files of one name.
    return _file(path, status, origin, (Path(root.name) / relative).as_posix())


def _file(path: Path, status: os.stat_result, origin: str, key: str) -> File | Rejected:
    if not stat.S_ISREG(status.st_mode):
        return Rejected(origin, "is no regular file (a pipe, a socket or a device)")
    name = key.lower()
    packed = name.endswith(".gz")
    suffix = os.path.splitext(name.removesuffix(".gz"))[1]
    if suffix in _ARCHIVES:
        return Rejected(origin, f"archives ({suffix}) are not read: unpack it and give the folder")
    if suffix not in KINDS:
        return Rejected(origin, f"is of a format that is not read; read are {FORMATS}")
    if status.st_size == 0:
        return Rejected(origin, "is empty")
    key = os.fsencode(unicodedata.normalize("NFC", key)).decode("utf-8", "replace")
    return File(path, origin, key, KINDS[suffix], packed, status.st_size)


def _with_own_key(file: File, taken: dict[str, Path]) -> File:
    """`file` under a key that no other file has."""
    key, above = file.key, list(file.path.parents)
    while taken.setdefault(key, file.path) != file.path:
        # two files differ in their paths, so that this ends before the root does
        key = f"{above.pop(0).name if above else '_'}/{key}"
    return file if key == file.key else replace(file, key=key)


def _is_companion(name: str) -> bool:
    stem = name.split(".")[0]
    return stem in _COMPANIONS


def _complaint(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "may not be read: check its permissions"
    if isinstance(error, RuntimeError) or "symbolic links" in str(error):
        return "is a link that leads to itself"
    word = error.strerror if isinstance(error, OSError) and error.strerror else "is no usable path"
    return f"cannot be read: {word}"
