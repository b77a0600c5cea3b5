"""What the readers of datasets share: files, lines, JSON, and how indexing will call an article.

Files are UTF-8, with or without a byte order mark, with any line ends, and packed (gzip) or not,
whatever their names say. Every mistake is a `DatasetInvalid` that names the file and the line, or
the place in the JSON document, and never quotes more of the content than an id.

Half a character (a lone surrogate, as a cut-off emoji leaves one) becomes U+FFFD: no outcome with
one in it could be written, and offsets stay what they were.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, StringConstraints, ValidationError

from eval.errors import DatasetInvalid
from index.clean import clean
from index.clean_text import one_line
from index.fingerprint import article_id, content_fingerprint
from index.records import Article, Found, Rejected

MOST_LINE_BYTES = 64 * 1024 * 1024  #: of a line; no more of a file of lines is held in memory
MOST_DOCUMENT_BYTES = 512 * 1024 * 1024  #: of a JSON document, unpacked: it is read whole

_GZIP = b"\x1f\x8b"
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")  # only an escape can bring half a character
_HALF = re.compile("[\ud800-\udfff]")

#: A string with something in it; white space around it is none of it.
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]

_Item = TypeVar("_Item")
#: A list that is read up to its first mistake: a hostile one could hold millions.
Several = Annotated[list[_Item], FailFast()]


class Form(BaseModel):
    """Base of what a dataset's JSON looks like: types as they are, other fields left alone."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


Formed = TypeVar("Formed", bound=Form)


# -- files --------------------------------------------------------------------


def file_in(folder: Path, name: str) -> Path:
    """The file of that name in `folder`, or its packed form. Raises `DatasetInvalid`."""
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    raise DatasetInvalid(f"{folder}: holds no {name} (nor {name}.gz).")


def fingerprint_of(files: Iterable[Path]) -> str:
    """Of the files' names and bytes, 16 hexadecimal digits; the same on every machine.

    Raises `DatasetInvalid` for a file that can't be read.
    """
    digest = hashlib.sha256()
    for file in files:
        inner = hashlib.sha256()
        try:
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    inner.update(block)
        except OSError as error:
            raise DatasetInvalid(f"{file}: can't be read ({error.strerror}).") from error
        digest.update(f"{file.name}\x1f{inner.hexdigest()}\x1e".encode())
    return digest.hexdigest()[:16]


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked; what goes wrong while they are read is a `DatasetInvalid`."""
    try:
        with file.open("rb") as raw:
            is_packed = raw.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
            yield io.BufferedReader(gzip.GzipFile(fileobj=raw)) if is_packed else raw  # type: ignore[arg-type]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetInvalid(f"{file}: the packed file is cut off or damaged.") from error
    except OSError as error:
        raise DatasetInvalid(f"{file}: can't be read ({error.strerror or error}).") from error


def lines(file: Path, most_bytes: int = MOST_LINE_BYTES) -> Iterator[tuple[int, str]]:
    """(number from 1, text without its end) of each line that is not blank."""
    with opened(file) as stream:
        number = 0
        while line := stream.readline(most_bytes + 2):
            number += 1
            if len(line.rstrip(b"\r\n")) > most_bytes:
                raise DatasetInvalid(
                    f"{file}:{number}: the line is longer than {most_bytes:,} bytes."
                )
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                raise DatasetInvalid(f"{file}:{number}: is not UTF-8.") from None
            if text.strip():
                yield number, text.rstrip("\r\n")


# -- JSON ---------------------------------------------------------------------


def rows(file: Path, form: type[Formed]) -> Iterator[tuple[int, Formed]]:
    """(line, row) of a JSON lines file, one at a time."""
    for number, line in lines(file):
        yield number, checked(form, _parsed(line, file, number), f"{file}:{number}")


def document(file: Path, most_bytes: int = MOST_DOCUMENT_BYTES) -> Any:
    """The one JSON value that a file holds."""
    with opened(file) as stream:
        raw = stream.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise DatasetInvalid(f"{file}: is larger than {most_bytes:,} bytes, unpacked.")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DatasetInvalid(f"{file}:{line}: is not UTF-8.") from None
    return _parsed(text, file, 1)


def items(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """(place, item) of a JSON list. Raises `DatasetInvalid` for what is no list."""
    if not isinstance(value, list):
        raise DatasetInvalid(f"{where.rstrip(': ')}: is not a list.")
    for number, item in enumerate(value):
        yield f"{where}[{number}]", item


def checked(form: type[Formed], value: Any, where: str) -> Formed:
    """`value` in its form. Raises `DatasetInvalid` with `where` and the place within it."""
    try:
        return form.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"])
        place = f"{where}: {path.lstrip('.')}" if path else where
        raise DatasetInvalid(f"{place}: {message}.") from None


def _parsed(text: str, file: Path, line: int) -> Any:
    """`line` is the line of the file that the text begins at."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
        return _whole(value) if _ESCAPED.search(text) else value
    except json.JSONDecodeError as error:
        at = f"{file}:{line + error.lineno - 1}"
        raise DatasetInvalid(f"{at}: is not JSON (column {error.colno}: {error.msg}).") from None
    except RecursionError:
        raise DatasetInvalid(f"{file}:{line}: is not JSON (nested too deeply).") from None
    except ValueError as error:
        raise DatasetInvalid(f"{file}:{line}: is not JSON ({error}).") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _whole(value: Any) -> Any:
    """`value` without half characters."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value


# -- articles -----------------------------------------------------------------


def id_as_indexed(given: str) -> str:
    """How indexing will call the article that a dataset calls `given`.

    The same where that is a clean id (`index.fingerprint.article_id`), else drawn from it.
    """
    return article_id(Found(origin="", key="", text="", id=given))


def as_indexed(found: Found, kept: dict[str, str]) -> Article | Rejected:
    """`found` as indexing will clean it, under the id that it will be known by.

    Indexing does not take the same content twice: a copy has the id of the first one here.

    Args:
        kept: content → id of what came before; it is added to.
    """
    article = clean(found)
    if isinstance(article, Rejected):
        return article
    return replace(article, id=kept.setdefault(content_fingerprint(article), article.id))


def without_copies(found: Iterable[Found]) -> Iterator[Found]:
    """Each article once: what `as_indexed` gives the id of an earlier one is left out."""
    kept: dict[str, str] = {}
    seen: set[str] = set()
    for one in found:
        article = as_indexed(one, kept)
        if isinstance(article, Rejected):
            yield one  # indexing rejects it too, and says so
        elif article.id not in seen:
            seen.add(article.id)
            yield one


def verbatim(sentence: str, text: str) -> str | None:
    """`sentence` as it stands in a cleaned text, or None where it does not stand there."""
    sentence = sentence.strip()
    for candidate in (sentence, one_line(sentence)):
        if candidate and candidate in text:
            return candidate
    return None


def once_each(ids: Iterable[tuple[str, str]]) -> None:
    """Raises `DatasetInvalid` where one of the (place, id) comes a second time."""
    first: dict[str, str] = {}
    for where, id in ids:
        if id in first:
            raise DatasetInvalid(f"{where}: the id {id[:100]!r} stands already at {first[id]}.")
        first[id] = where
