"""A file that is handed in over HTTP: read as `dateline index` reads it.

Its name is only a word: it tells the kind of file, and its articles are known by it where they
have neither id nor URL. No path is ever made of it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.clean import clean
from index.config import IndexConfig
from index.errors import FolderFull
from index.load import load
from index.records import Article, Found, Rejected
from index.report import Taken
from qa.errors import BadRequest
from qa.records_articles import RejectedArticle, Uploaded, UploadedArticle
from qa.take_batch import Cleaned

FOLDER = "uploads"  #: below the data folder; what is in it at opening was left by a kill
MOST_ARTICLES = 1000  #: articles and bad rows of one file
MOST_UNPACKED = 256 * 1024 * 1024  #: bytes of a packed file
#: A small packed file may unpack to so many bytes, a larger one to so many times its size: text
#: packs to a tenth, and what packs to a thousandth is there to keep the service busy.
LEAST_UNPACKED = 16 * 1024 * 1024
MOST_TIMES_UNPACKED = 32
BATCH_ARTICLES = 32  #: taken in together; others who add articles wait for one batch
BATCH_CHARACTERS = 1_000_000  #: likewise
LONGEST_NAME = 200  #: characters shown of a file's name

_KIND = re.compile(r"(?:\.[a-z0-9]{1,10})?(?:\.gz)?$")
_STEM = "upload"

_SAME_ID = (
    "an article with the same id came earlier in this file and counts; where they differ, give "
    "each its own id"
)

Take = Callable[[Sequence[Cleaned]], Sequence[Taken | Rejected]]  #: `take_batch`, of some index


class NoFileName(BadRequest):
    """The name has no part that could be a file's."""

    error_code = "NO_FILE_NAME"


class TooManyArticles(BadRequest):
    """More articles than one upload may have; none was taken."""

    error_code = "TOO_MANY_ARTICLES"


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much one file may hold."""

    articles: int = MOST_ARTICLES
    unpacked: int = MOST_UNPACKED

    def unpacked_of(self, size: int) -> int:
        """Bytes that a packed file of `size` bytes may unpack to."""
        return min(self.unpacked, max(LEAST_UNPACKED, MOST_TIMES_UNPACKED * size))


def upload(
    name: str,
    content: bytes,
    config: IndexConfig,
    take: Take,
    limits: UploadLimits | None = None,
) -> Uploaded:
    """Take in every article of a file, and say what became of each.

    An article is acknowledged with its batch: where the disk fills up half-way, the batches before
    stay, and the same file again goes on from there. Raises `NoFileName`, `TooManyArticles`,
    `index.errors.FolderFull`, and what `take` raises.
    """
    limits = limits or UploadLimits()
    file = file_name(name)
    with _written(content, file, config.data) as path:
        # Twice through the file instead of all its articles in memory: only the largest is.
        count = 0
        for count, _ in enumerate(_read(path, file, config, limits), 1):
            if count > limits.articles:
                raise TooManyArticles(
                    f"The file has more than {limits.articles:,} articles; split it, or index it "
                    "with `dateline index` where the service runs. None of it was taken."
                )
        return _taken(file, _read(path, file, config, limits), take)


def file_name(name: str) -> str:
    """The last part of a path as it may be shown: no separators, nothing that can't be printed.

    Raises `NoFileName`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # A replaced character and not a dropped one: what is hidden in a name stays visible.
    shown = "".join(c if c.isprintable() else "\ufffd" for c in last).strip()
    if not shown.strip("."):
        raise NoFileName("name must be the file's name, such as article.txt.")
    return shown


def remove_leftovers(data: Path) -> None:
    """Remove what uploads that were killed have left in a data folder."""
    folder = data / FOLDER
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


class _written:
    """The bytes as a file of the right kind in the data folder, removed whatever happens."""

    def __init__(self, content: bytes, file: str, data: Path) -> None:
        self._content = content
        match = _KIND.search(file.lower())
        self._name = _STEM + (match[0] if match else "")
        self._folder = data / FOLDER
        self._own: Path | None = None

    def __enter__(self) -> Path:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._own = Path(tempfile.mkdtemp(dir=self._folder))
            path = self._own / self._name
            path.write_bytes(self._content)
        except OSError as error:
            self.__exit__()
            raise FolderFull(
                f"The uploaded file can't be written to {self._folder} ({error.strerror}). Free "
                "space or make the folder writable, then upload it again."
            ) from error
        return path

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            shutil.rmtree(self._own)


def _read(
    path: Path, file: str, config: IndexConfig, limits: UploadLimits
) -> Iterator[Found | Rejected]:
    """What the file holds, under its own name instead of the one on our disk."""
    most = limits.unpacked_of(path.stat().st_size)
    bounded = replace(config, max_file_bytes=min(most, config.max_file_bytes))
    on_disk, key = str(path), f"{path.parent.name}/{path.name}"
    for one in load([path], bounded):
        place = one.origin.removeprefix(on_disk)
        origin = f"{file[:LONGEST_NAME]}{place}"
        if isinstance(one, Rejected):
            yield replace(one, origin=origin)
        else:
            # No folder's name: a file of an indexed folder never has such a key.
            yield replace(one, origin=origin, key=f"upload:{file}{one.key.removeprefix(key)}")


def _taken(file: str, found: Iterator[Found | Rejected], take: Take) -> Uploaded:
    told: list[UploadedArticle] = []
    rejected: list[RejectedArticle] = []
    for batch in _batches(found):
        cleaned = [one for one in batch if not isinstance(one, Rejected)]
        done = iter(take(cleaned) if cleaned else [])
        for one in batch:
            outcome = one if isinstance(one, Rejected) else next(done)
            if isinstance(outcome, Rejected):
                rejected.append(RejectedArticle(origin=outcome.origin, reason=outcome.reason))
            else:
                told.append(_told(outcome, *one))
    return Uploaded(file=file[:LONGEST_NAME], added=tuple(told), rejected=tuple(rejected))


def _told(taken: Taken, found: Found, article: Article) -> UploadedArticle:
    return UploadedArticle(
        id=taken.article_id,
        outcome=taken.outcome.value,
        version=taken.version,
        passages=taken.passages,
        title=article.title,
        origin=found.origin,
    )


def _batches(found: Iterator[Found | Rejected]) -> Iterator[list[Cleaned | Rejected]]:
    """Cleaned, in the file's order, of no more articles and characters than go together.

    Of rows with the same id the first counts: taking a later one with other content would make
    every upload of the file change the article back and forth.
    """
    batch: list[Cleaned | Rejected] = []
    ids: set[str] = set()
    characters = 0
    for one in found:
        article = clean(one) if isinstance(one, Found) else one
        if isinstance(article, Rejected):
            batch.append(article)
        elif article.id in ids:
            batch.append(Rejected(one.origin, _SAME_ID))
        else:
            ids.add(article.id)
            batch.append((one, article))
            characters += len(article.text)
        if len(batch) >= BATCH_ARTICLES or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
