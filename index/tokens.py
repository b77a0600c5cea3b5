"""Count tokens: the embedding model's own, and a language model's for budgets."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.graph import MAX_TOKENS
from index.model import package_file

if TYPE_CHECKING:
    import tiktoken

#: Texts are tokenized by stretches of so many characters, to bound memory.
_STRETCH = 100_000
_BREAK = re.compile("[ \n]")  # what every tokenizer takes for a border

#: What the model can read lies within so many characters, in any language. More would
#: be tokenized only to be thrown away.
_READ_CHARACTERS = 10_000

#: UTF-16's halves, which no tokenizer takes. Replaced one for one: offsets stay.
_SURROGATE = re.compile("[\ud800-\udfff]")

#: tiktoken's files by encoding: the name in its cache, and the SHA-256.
_ENCODINGS = {
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}
_CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"
_loading = threading.Lock()


class ModelTokenizer:
    """The embedding model's tokenizer (lower-casing WordPiece). Safe to share by threads.

    Markers such as "[SEP]" in a text are text.
    """

    def __init__(self) -> None:
        """Load it (some 30 ms). Raises ModelError when the model's package is damaged."""
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(package_file("tokenizer.json")))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._tokenizer.encode_special_tokens = True

    def ids(self, text: str) -> list[int]:
        """What the model reads: [CLS], at most 254 tokens from the start of text, [SEP]."""
        found = self._tokenizer.encode(_clean(text[:_READ_CHARACTERS])).ids
        return found if len(found) <= MAX_TOKENS else [*found[: MAX_TOKENS - 1], found[-1]]

    def count(self, text: str) -> int:
        """Tokens of the whole text, without the special ones."""
        return sum(
            len(self._tokenizer.encode(piece, add_special_tokens=False).ids)
            for _, piece in _pieces(_clean(text))
        )

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of every token in code points of text, without the special ones."""
        found: list[tuple[int, int]] = []
        for begin, piece in _pieces(_clean(text)):
            offsets = self._tokenizer.encode(piece, add_special_tokens=False).offsets
            found += [(begin + start, begin + end) for start, end in offsets] if begin else offsets
        return found


def count_llm_tokens(text: str, encoding: str = "o200k_base") -> int:
    """Tokens of text for a language model's budget; over 100,000 characters, within a few.

    `encoding` is "o200k_base" or "cl100k_base". Raises ValueError for another one and
    ModelError when its file is missing. Never fetches anything.
    """
    loaded = _encoding(encoding)
    return sum(
        len(loaded.encode(piece, disallowed_special=())) for _, piece in _pieces(_clean(text))
    )


def _clean(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in stretches, each with its place, cut before a space where there is one."""
    begin = 0
    while len(text) - begin > _STRETCH:
        end = begin + _STRETCH
        border = _BREAK.search(text, end, end + _STRETCH)
        end = border.start() if border else end + _STRETCH
        yield begin, text[begin:end]
        begin = end
    yield begin, text[begin:]


@cache
def _encoding(name: str) -> tiktoken.Encoding:
    if name not in _ENCODINGS:
        raise ValueError(f"no such encoding; known are: {', '.join(_ENCODINGS)}")
    folder = _encodings_folder(*_ENCODINGS[name])
    import tiktoken

    # tiktoken has no argument for the folder, only this variable. With the file there and
    # its digest right, it reads the file and fetches nothing.
    with _loading:
        before = os.environ.get(_CACHE_VARIABLE)
        os.environ[_CACHE_VARIABLE] = str(folder)
        try:
            return tiktoken.get_encoding(name)
        finally:
            if before is None:
                del os.environ[_CACHE_VARIABLE]
            else:
                os.environ[_CACHE_VARIABLE] = before


def _encodings_folder(file: str, digest: str) -> Path:
    """The folder with tiktoken's files that llama-index-core ships, found without importing it."""
    spec = find_spec("llama_index")
    for place in spec.submodule_search_locations or () if spec else ():
        folder = Path(place, "core", "_static", "tiktoken_cache")
        try:
            content = (folder / file).read_bytes()
        except OSError:  # elsewhere, or nowhere: said below
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            return folder
    raise ModelError(
        "The token tables that llama-index-core ships are missing or damaged. "
        "Install llama-index-core again as the README says."
    )
