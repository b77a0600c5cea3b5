"""A gold file that cases are added to: each is checked as it will be read, and goes to the end."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

from filelock import FileLock, Timeout

from eval.datasets.gold import OURS, cleaned, read
from eval.errors import DatasetInvalid, EvalError, GoldInvalid
from eval.gold_schema import GoldCase
from eval.records import Dataset

ANNOTATED = OURS / "annotated.jsonl"  #: where cases go that name no file
_LOCK_SECONDS = 30
#: Any case will do to have a set read that holds nothing yet.
_PLACEHOLDER = GoldCase(id="placeholder", question="?", tags=("what", "unanswerable"))


class GoldNotWritten(EvalError):
    """A gold file can't be added to."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the set holds already."""

    ids: frozenset[str]
    questions: frozenset[str]  #: as `question_key` makes them

    def asks(self, question: str) -> bool:
        """Whether the question is in the set, in these words."""
        return question_key(question) in self.questions


class GoldFile:
    """The file, and with it the set: all *.jsonl files of its folder."""

    def __init__(self, path: Path | None = None, articles: Path | None = None) -> None:
        """`path` may be a file that is not there yet, ours when None.

        `articles` are those that the set is asked over, found as `eval.datasets.gold.read` does
        when None. Raises `GoldNotWritten` where there can be no such file.
        """
        self.path = (path or ANNOTATED).resolve()
        self._articles = articles
        if not self.path.parent.is_dir():
            raise GoldNotWritten(f"{self.path.parent} is no folder; make it, or name another file.")
        if self.path.is_dir() or self.path.suffix != ".jsonl":
            raise GoldNotWritten(f"{self.path}: name a file that ends in .jsonl.")

    @cached_property
    def texts(self) -> dict[str, str]:
        """Id → cleaned text of the articles that the set is asked over.

        Raises `DatasetInvalid` when there are none.
        """
        dataset = self._read(_line_of(_PLACEHOLDER) + b"\n")
        return {one.id: one.text for one in cleaned(dataset.corpus())}

    def known(self) -> Known:
        """What the set holds now. Lines that are no cases hold nothing."""
        rows = [row for line in self._content().splitlines() if (row := _row_of(line))]
        texts = [row.get(field) for row in rows for field in ("question", "standalone")]
        return Known(
            ids=frozenset(id for row in rows if isinstance(id := row.get("id"), str)),
            questions=frozenset(question_key(one) for one in texts if isinstance(one, str)),
        )

    def add(self, case: GoldCase) -> None:
        """Add a case, or nothing. What is in the file is not touched.

        Raises `GoldInvalid` for a case with mistakes, and `GoldNotWritten`.
        """
        with self._locked():
            if case.id in self.known().ids:
                raise GoldInvalid([f"{self.path}: the id {case.id!r} is taken"])
            mistakes = self._mistakes_of(case)
            if mistakes:
                raise GoldInvalid(mistakes)
            try:
                _append(self.path, _line_of(case))
            except OSError as error:
                raise GoldNotWritten(
                    f"{self.path} can't be written ({error.strerror}); it is as it was."
                ) from error

    def _mistakes_of(self, case: GoldCase) -> list[str]:
        """What reading the set would find wrong with the case if it were there."""
        content = self._content()
        place = f":{len(content.splitlines()) + 1}: "
        try:
            self._read(content + _line_of(case) + b"\n")
        except GoldInvalid as error:
            # Mistakes that were there before are not this case's.
            return [
                f"{self.path}: {told}"
                for one in error.problems
                for at, _, told in [one.partition(place)]
                if at == str(self.path)
            ]
        return []

    def _read(self, content: bytes) -> Dataset:
        """Has the reader of gold sets read `content` in the place of the file.

        Raises what it raises, in the file's name.
        """
        with self._trial(content) as trial:
            named, ours = str(trial), str(self.path)
            try:
                return read(trial, self._articles)
            except DatasetInvalid as error:
                raise DatasetInvalid(str(error).replace(named, ours)) from None
            except GoldInvalid as error:
                raise GoldInvalid([one.replace(named, ours) for one in error.problems]) from None

    @contextmanager
    def _trial(self, content: bytes) -> Iterator[Path]:
        """A file of this content for a while.

        In the same folder, where the reader looks for the articles; not called *.jsonl, so that
        it is no part of the set meanwhile.
        """
        with ExitStack() as stack:
            try:
                file = stack.enter_context(
                    NamedTemporaryFile(dir=self.path.parent, prefix=".", suffix=".trial")
                )
                file.write(content)
                file.flush()
            except OSError as error:
                raise GoldNotWritten(
                    f"{self.path.parent} can't be written ({error.strerror}); name another file "
                    "with --gold."
                ) from error
            yield Path(file.name)

    def _content(self) -> bytes:
        """The set as one file, this one at the end; each file ends with a whole line."""
        others = sorted(one for one in self.path.parent.glob("*.jsonl") if one != self.path)
        files = [*others, self.path] if self.path.exists() else others
        try:
            found = [one.read_bytes() for one in files]
        except OSError as error:
            raise GoldNotWritten(f"{error.filename} can't be read ({error.strerror}).") from error
        return b"".join(one if _is_whole(one) else one + b"\n" for one in found)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the file, among those that add to it."""
        try:
            with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=_LOCK_SECONDS):
                yield
        except Timeout:
            raise GoldNotWritten(
                f"{self.path} is being added to by another process; try again when it is done."
            ) from None
        except OSError as error:
            raise GoldNotWritten(f"{self.path} can't be locked ({error.strerror}).") from error


def line_of(case: GoldCase) -> str:
    """The case as a line of a gold file, without its end."""
    return json.dumps(case.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


def question_key(question: str) -> str:
    """What questions are compared by: their words, without case and punctuation."""
    return " ".join(re.findall(r"\w+", question.casefold()))


def _line_of(case: GoldCase) -> bytes:
    return line_of(case).encode("utf-8")


def _row_of(line: bytes) -> dict[str, object] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _is_whole(content: bytes) -> bool:
    return not content or content.endswith((b"\n", b"\r"))


def _append(path: Path, line: bytes) -> None:
    """Write one more line, all of it or nothing, interrupted or not. Raises `OSError`."""
    is_new = not path.exists()
    with path.open("a+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        data = (b"" if _is_whole(file.read(1)) else b"\n") + line + b"\n"
        try:
            # One call: whoever reads the file meanwhile sees the line whole, or not at all.
            if file.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(file.fileno())
        except BaseException:
            file.truncate(size)
            if is_new:
                path.unlink()
            raise
