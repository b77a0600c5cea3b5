"""Turn a question and a passage into the reader's tokens. Training and answering share this.

The form is BERT's for pairs (Devlin et al. 2019), the passage led by its article's title:
[CLS] question [SEP] title [SEP] text [SEP].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.model import package_file

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 384  #: of question, title and text together, with [CLS] and three [SEP]
QUESTION_TOKENS = 64  #: the last ones: what is asked mostly ends a long question
TITLE_TOKENS = 32

_CLS, _SEP = 101, 102  #: the pinned vocabulary's

#: What the model can read lies within so many characters; more would be tokenized only to be
#: thrown away.
_READ_CHARACTERS = 10_000

#: UTF-16's halves, which no tokenizer takes. Replaced one for one: offsets stay.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question and a passage as the reader's model takes them.

    The text's tokens are `ids[text_from : text_from + len(offsets)]`.
    """

    ids: list[int]  #: at most MAX_TOKENS
    types: list[int]  #: 0 up to and with the first [SEP], 1 after it; as many as `ids`
    offsets: list[tuple[int, int]]  #: of the text's tokens: (start, end) in its code points
    text_from: int  #: place in `ids` of the text's first token


def load_tokenizer() -> Tokenizer:
    """The pinned model's tokenizer (some 30 ms), safe to share by threads.

    Cuts nothing and pads nothing; markers such as "[SEP]" in a text are text. Raises
    ModelError when the model's package is damaged.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(package_file("tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode(tokenizer: Tokenizer, question: str, title: str, text: str) -> Encoded:
    """The reader's input, cut to MAX_TOKENS: the text loses what does not fit.

    Any strings are accepted, empty ones too. `tokenizer` is `load_tokenizer`'s.
    """
    asked = _encoded(tokenizer, question[-_READ_CHARACTERS:]).ids[-QUESTION_TOKENS:]
    headed = _encoded(tokenizer, title[:_READ_CHARACTERS]).ids[:TITLE_TOKENS]
    found = _encoded(tokenizer, text[:_READ_CHARACTERS])
    first = [_CLS, *asked, _SEP]
    second = [*headed, _SEP]
    text_from = len(first) + len(second)
    room = MAX_TOKENS - text_from - 1
    ids = [*first, *second, *found.ids[:room], _SEP]
    return Encoded(
        ids=ids,
        types=[0] * len(first) + [1] * (len(ids) - len(first)),
        offsets=found.offsets[:room],
        text_from=text_from,
    )


def _encoded(tokenizer: Tokenizer, text: str) -> Encoding:
    return tokenizer.encode(_SURROGATE.sub("\ufffd", text), add_special_tokens=False)
