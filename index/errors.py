"""Everything that `index` raises for a caller to catch.

DatelineError                      the root of every error of ours; its text says what to do
└── IndexingError
    ├── DataFolderError            the folder cannot be used
    │   ├── FolderInUse            another process owns it
    │   ├── FormatTooNew           written by a later release
    │   ├── FolderFull             no room, or not writable
    │   └── CatalogueDamaged       the truth itself is damaged: restore a backup
    ├── ModelError                 a file of the embedding or the reader's model is missing, damaged
    │   └── ModelMismatch          the folder was made with another embedding model
    ├── LexicalIndexDamaged        tantivy's files can't be read: they are built again
    ├── VectorStoreError           Chroma cannot be reached or used
    └── ArticleNotFound            no such article, or it was withdrawn

A bad article is not an exception: it is an `index.records.Rejected`.
"""

from __future__ import annotations


class DatelineError(Exception):
    """Root of Dateline's errors. `error_code` is stable, the text is for people."""

    error_code = "ERROR"


class IndexingError(DatelineError):
    error_code = "INDEXING_ERROR"


class DataFolderError(IndexingError):
    error_code = "DATA_FOLDER_ERROR"


class FolderInUse(DataFolderError):
    error_code = "FOLDER_IN_USE"


class FormatTooNew(DataFolderError):
    error_code = "FORMAT_TOO_NEW"


class FolderFull(DataFolderError):
    error_code = "FOLDER_FULL"


class CatalogueDamaged(DataFolderError):
    error_code = "CATALOGUE_DAMAGED"


class ModelError(IndexingError):
    error_code = "MODEL_ERROR"


class ModelMismatch(ModelError):
    error_code = "MODEL_MISMATCH"


class LexicalIndexDamaged(IndexingError):
    error_code = "LEXICAL_INDEX_DAMAGED"


class VectorStoreError(IndexingError):
    error_code = "VECTOR_STORE_ERROR"


class ArticleNotFound(IndexingError):
    error_code = "ARTICLE_NOT_FOUND"
