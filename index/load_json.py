"""JSON: one object, a list of them, or JSON lines; each object an article."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from index.byline import read_authors
from index.config import IndexConfig
from index.decode import NotText, decode
from index.load_html import fragment_text, is_html
from index.records import Found, Rejected

#: Commas and brackets one document may hold. Parsed values are many times larger than
#: their bytes, so that a hostile file of tiny ones would not fit the memory.
MOST_VALUES = 3_000_000

#: So many lines without one article, and a file is no JSON lines of articles.
MOST_BAD_LINES = 1000

_NAMES = {
    "id": ("id",),
    "url": ("url", "link"),
    "title": ("title", "headline"),
    "text": ("text", "body", "content", "article", "articlebody"),
    "source": ("source", "publisher", "outlet", "site", "sitename"),
    "authors": ("authors", "author", "byline"),
    "published": (
        "published", "publishedat", "date", "publishdate", "datepublish", "pubdate",
        "datepublished", "created",
    ),
    "updated": ("updated", "modified", "datemodified", "updatedat"),
}  # fmt: skip
_ENTITY = re.compile(
    r"&(?:amp|quot|apos|nbsp|lt|gt|[lr][sd]quo|[mn]dash|hellip|#\d{2,5}|#x[\da-f]{2,5});"
)


class _WrongType(ValueError):
    pass


def read_json(raw: bytes, key: str, origin: str) -> Iterator[Found | Rejected]:
    """Articles of one JSON document: an object, a list, or an object with a list "articles"."""
    try:
        value = _parse(decode(raw))
    except NotText as reason:
        yield Rejected(origin, str(reason))
        return
    except ValueError as reason:
        yield Rejected(origin, str(reason))
        return
    if isinstance(value, dict) and isinstance(value.get("articles"), list):
        value = value["articles"]
    if isinstance(value, dict):
        yield read_row(value, key, origin)
    elif isinstance(value, list):
        if not value:
            yield Rejected(origin, "holds an empty list of articles")
        for number, row in enumerate(value, 1):
            yield read_row(row, f"{key}:{number}", f"{origin}:{number}")
    else:
        yield Rejected(origin, "holds neither a JSON object nor a list of them")


def read_json_lines(
    stream: BinaryIO,
    key: str,
    origin: str,
    config: IndexConfig,
    first: bytes = b"",
    lines_before: int = 0,
) -> Iterator[Found | Rejected]:
    """Articles of a stream with one JSON object a line; a bad line is rejected, the rest goes on.

    Where the first `MOST_BAD_LINES` hold no article at all, the stream is given up with one
    rejection in the place of theirs.

    Args:
        stream: read line by line; a line over `config.max_article_bytes` is passed over
            without being held in memory.
        key: rows without id and URL are told apart by it and the line's number.
        first: what was read of the stream already: its first line or the start of it.
        lines_before: lines read before `first`, so that numbers agree with the file's.
    """
    refused: list[Rejected] = []
    has_article = False
    try:
        for one in _read_lines(stream, key, origin, config, first, lines_before):
            if isinstance(one, Rejected) and not has_article:
                refused.append(one)
                if len(refused) == MOST_BAD_LINES:
                    yield _given_up(origin, refused[0])
                    return
                continue
            if not has_article:
                has_article = True
                yield from refused
                refused.clear()
            yield one
    except Exception:  # the stream broke off: what was found so far is still told
        yield from refused
        raise
    yield from refused


def _given_up(origin: str, first: Rejected) -> Rejected:
    return Rejected(
        origin,
        f"no article in its first {MOST_BAD_LINES:,} lines: is it JSON lines of articles? "
        f"(line {first.origin.rpartition(':')[2]}: {first.reason})",
    )


def _read_lines(
    stream: BinaryIO, key: str, origin: str, config: IndexConfig, first: bytes, lines_before: int
) -> Iterator[Found | Rejected]:
    limit = config.max_article_bytes
    number, seen = lines_before, False
    while True:
        line = first or stream.readline(limit + 2)
        first = b""
        if not line:
            break
        number += 1
        where = f"{origin}:{number}"
        if len(line.rstrip(b"\r\n")) > limit:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            seen = True
            yield Rejected(where, f"is larger than {limit} bytes, the limit for an article")
            continue
        if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
            yield Rejected(origin, "is not in UTF-8: JSON lines have to be")
            return
        line = line.strip()
        if not line or line == b"\xef\xbb\xbf":
            continue
        seen = True
        try:
            row = _parse(decode(line))
        except NotText as reason:
            yield Rejected(where, f"the line {reason}")
        except ValueError as reason:
            yield Rejected(where, str(reason))
        else:
            yield read_row(row, f"{key}:{number}", where)
    if not seen:
        yield Rejected(origin, "is empty")


def read_row(row: Any, key: str, origin: str) -> Found | Rejected:
    """The article in one parsed object. Field names count without case, "_" and "-"."""
    if not isinstance(row, dict):
        return Rejected(origin, "is not a JSON object with the fields of an article")
    names: dict[str, str] = {}
    for name in row:
        names.setdefault(re.sub(r"[_\- ]", "", name.lower()) if len(name) < 40 else name, name)
    try:
        values = {f: _value(row, names, f) for f in _NAMES}
        text = values["text"] or ""
        if is_html(text):
            text = fragment_text(text)
        elif _ENTITY.search(text):
            text = html.unescape(text)
    except ValueError as reason:
        return Rejected(origin, str(reason))
    if not text.strip():
        return Rejected(origin, 'has no text (a field "text", "body", "content" or "article")')
    title = values["title"]
    return Found(
        origin=origin,
        key=key,
        text=text,
        id=values["id"],
        url=values["url"],
        title=fragment_text(title) if is_html(title or "") else html.unescape(title or "") or None,
        source=values["source"],
        authors=read_authors((values["authors"] or "").split("\n")),
        published=values["published"],
        updated=values["updated"],
    )


def _value(row: dict[str, Any], names: dict[str, str], field: str) -> str | None:
    """First alias of `field` that holds something, as text."""
    for alias in _NAMES[field]:
        value = row.get(names.get(alias, ""))
        if value is None or value == "" or value == [] or value == {}:
            continue
        text = _as_text(value, field)
        if text is None:
            raise _WrongType(f'the field "{names[alias]}" is of a type that is not read')
        if text.strip():
            return text
    return None


def _as_text(value: Any, field: str) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float) and field in ("id", "published", "updated"):
        if isinstance(value, float):
            return f"{value:.3f}" if math.isfinite(value) else ""
        return str(value) if abs(value) < 10**50 else None
    if isinstance(value, dict) and field in ("source", "authors"):
        name = value.get("name")
        return name if isinstance(name, str) else "" if name is None else None
    if isinstance(value, list) and field in ("text", "authors"):
        parts = [_as_text(v, field) if not isinstance(v, list) else None for v in value]
        if any(p is None for p in parts):
            return None
        return ("\n\n" if field == "text" else "\n").join(p for p in parts if p)
    return None


def _parse(text: str) -> Any:
    """Raises ValueError, whose message never quotes the text."""
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise ValueError(f"holds more than {MOST_VALUES} JSON values: split it, or use JSON lines")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise ValueError(f"is not JSON ({line}column {error.colno})") from None
    except RecursionError:
        raise ValueError("is nested too deeply to be read as JSON") from None
    except ValueError:
        raise ValueError("holds a number too long to be read as JSON") from None
