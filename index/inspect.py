"""Look a data folder over, changing nothing: what `dateline doctor` reports."""

from __future__ import annotations

from index.catalogue import Catalogue
from index.check import catalogue_problems, check_tables, compare_lexical, compare_vectors
from index.config import IndexConfig
from index.errors import (
    CatalogueDamaged,
    FolderFull,
    FormatTooNew,
    LexicalIndexDamaged,
    VectorStoreError,
)
from index.lexical import LexicalIndex
from index.lock import FolderLock
from index.recover import connect_vectors, sealed_parts
from index.seal import read_seal, write_seal


def inspect(config: IndexConfig, purpose: str = "dateline doctor") -> list[str]:
    """Everything that is wrong with a data folder, in words; empty when all is well.

    Checks the files against the seal, and every row of every index against the
    catalogue whatever the seal says. Raises `FolderInUse`; any other trouble is a line
    of the result.
    """
    if not (config.data / "catalogue.sqlite").exists():
        return [f"{config.data} holds no catalogue: nothing was ever indexed there, or it is gone"]
    lock = FolderLock.acquire(config.data, purpose)
    catalogue = None
    found: list[str] = []
    try:
        parts = sealed_parts(config)
        seal = read_seal(config.data, parts)
        # Chroma's tables change whenever they are opened; their rows are compared below.
        changed = [file for file in sorted(seal.files) if "/chroma.sqlite3" not in file]
        found += [f"{file} is not as it was left" for file in changed]
        try:
            catalogue = Catalogue.open(config.data / "catalogue.sqlite", may_create=False)
            problems = catalogue_problems(catalogue)
        except (CatalogueDamaged, FormatTooNew, FolderFull) as error:
            return [*found, str(error)]
        found += [f"catalogue: {problem}" for problem in problems]
        if not problems:
            found += _vector_problems(config, catalogue) + _lexical_problems(config, catalogue)
        catalogue.close()
        if seal.exists and not found:
            write_seal(config.data, parts, seal)  # to open Chroma is to touch its files
    finally:
        if catalogue is not None:
            catalogue.close()
        lock.release()
    return found


def _vector_problems(config: IndexConfig, catalogue: Catalogue) -> list[str]:
    if not config.chroma_url and not (config.data / "chroma").is_dir():
        return ["vector index: it is missing"]
    try:
        if not config.chroma_url:
            check_tables(config.data / "chroma")
        vectors = connect_vectors(config, catalogue, may_create=False)
    except VectorStoreError as error:
        return [str(error)]
    try:
        difference = compare_vectors(catalogue, vectors)
        return [f"vector index: {difference}"] if difference else []
    except VectorStoreError as error:
        return [str(error)]
    finally:
        vectors.close()


def _lexical_problems(config: IndexConfig, catalogue: Catalogue) -> list[str]:
    if not (config.data / "lexical").is_dir():
        return ["lexical index: it is missing"]
    try:
        lexical = LexicalIndex.open(config.data / "lexical")
    except LexicalIndexDamaged as error:
        return [str(error)]
    try:
        difference = compare_lexical(catalogue, lexical)
        return [f"lexical index: {difference}"] if difference else []
    except LexicalIndexDamaged as error:
        return [str(error)]
    finally:
        lexical.close()
