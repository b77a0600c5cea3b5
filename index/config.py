"""Settings of indexing and storage. Built by whoever starts the program; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """How articles become passages and where they are kept."""

    data: Path = Path(".dateline")  #: the folder that holds everything
    chroma_url: str | None = None  #: "http://host:port" of a Chroma server; None: embedded
    collection: str = "dateline"  #: Chroma's collection, 3 to 512 characters
    passage_tokens: int = 200  #: most tokens of quoted text in a passage (the model's own tokens)
    title_tokens: int = 40  #: most tokens of the title put before it when it is embedded
    batch_articles: int = 64  #: articles acknowledged together
    threads: int = 0  #: threads of the embedding model; 0: one per core
    max_article_bytes: int = 64 * 1024 * 1024  #: a larger article is rejected
    max_file_bytes: int = 4 * 1024 * 1024 * 1024  #: decompressed bytes read from one file at most
    reserve_bytes: int = 64 * 1024 * 1024  #: room left on the disk, or nothing is written
