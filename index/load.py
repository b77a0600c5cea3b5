"""Files, folders and standard input become found articles, one at a time."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from index.config import IndexConfig
from index.open_file import TooLarge, open_file
from index.records import Found, Rejected
from index.walk import File, total_bytes, walk

__all__ = ["load", "total_bytes"]

STDIN = "stdin"


def load(
    paths: Sequence[str | Path],
    config: IndexConfig,
    stdin: BinaryIO | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Found | Rejected]:
    """Every article under `paths`, and every file or row that cannot be taken, with the reason.

    Nothing is raised for what a file holds, and one bad file or row does not stop the rest.
    Memory is bounded by the largest article that `config` allows.

    Args:
        paths: files, folders (recursively, in order of names), "-" for standard input: JSON
            lines where it begins with "{", else one plain-text article.
        config: the limits for an article and for a file.
        stdin: what "-" reads.
        on_bytes: called with the bytes consumed on disk since its last call; together they
            make `total_bytes(paths)`.
    """
    if any(str(p) == "-" for p in paths):
        yield from _read_stdin(stdin, config)
    for found in walk([p for p in paths if str(p) != "-"]):
        if isinstance(found, Rejected):
            yield found
        else:
            yield from _read_file(found, config, on_bytes)


def _read_file(
    file: File, config: IndexConfig, on_bytes: Callable[[int], None] | None
) -> Iterator[Found | Rejected]:
    try:
        with open_file(file, config.max_file_bytes, on_bytes) as stream:
            yield from _read(stream, file.kind, file.key, file.origin, config)
    except TooLarge as error:
        yield Rejected(file.origin, str(error))
    except (EOFError, zlib.error):
        yield Rejected(file.origin, "the compressed file is cut off or damaged")
    except PermissionError:
        yield Rejected(file.origin, "may not be read: check its permissions")
    except OSError as error:
        # gzip's own complaint has no number and may show bytes of the file
        word = f"cannot be read: {error.strerror}" if error.strerror else "cannot be unpacked"
        yield Rejected(file.origin, word)


def _read(
    stream: BinaryIO, kind: str, key: str, origin: str, config: IndexConfig
) -> Iterator[Found | Rejected]:
    # Each reader is imported where it is needed: a folder of texts pays for no HTML parser.
    if kind == "jsonl":
        from index.load_json import read_json_lines

        yield from read_json_lines(stream, key, origin, config)
        return
    raw = stream.read(config.max_article_bytes + 1)
    if len(raw) > config.max_article_bytes:
        hint = "; a long list is read as JSON lines (.jsonl)" if kind in ("json", "feed") else ""
        yield Rejected(origin, f"is larger than {config.max_article_bytes} bytes, the limit{hint}")
    elif not raw.strip():
        yield Rejected(origin, "is empty")
    elif kind == "json":
        from index.load_json import read_json

        yield from read_json(raw, key, origin)
    elif kind == "feed":
        from index.load_feed import read_feed

        yield from read_feed(raw, key, origin)
    elif kind == "html":
        from index.load_html import read_html

        yield read_html(raw, key, origin)
    else:
        from index.load_text import read_text

        yield read_text(raw, key, origin, markdown=kind == "markdown")


def _read_stdin(stdin: BinaryIO | None, config: IndexConfig) -> Iterator[Found | Rejected]:
    # What comes through a pipe has no name, so its words are what it is known by: two
    # articles piped in one after the other are two articles.
    for one in _stdin_articles(stdin, config):
        if isinstance(one, Found):
            words = f"{one.title}\x1f{one.text}".encode("utf-8", "replace")
            yield replace(one, key=f"{STDIN}:{hashlib.blake2b(words, digest_size=16).hexdigest()}")
        else:
            yield one


def _stdin_articles(stdin: BinaryIO | None, config: IndexConfig) -> Iterator[Found | Rejected]:
    if stdin is None:
        yield Rejected(STDIN, "there is no standard input to read")
        return
    limit = config.max_article_bytes
    blank, first = 0, b""
    while not first.strip():
        first = stdin.readline(limit + 2)
        if not first:
            yield Rejected(STDIN, "is empty")
            return
        blank += 1
    if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        from index.load_json import read_json_lines

        yield from read_json_lines(stdin, STDIN, STDIN, config, first, blank - 1)
        return
    raw = first + stdin.read(max(0, limit + 1 - len(first)))
    if len(raw) > limit:
        yield Rejected(STDIN, f"is larger than {limit} bytes, the limit for one article")
        return
    from index.load_text import read_text

    yield read_text(raw, STDIN, STDIN)
