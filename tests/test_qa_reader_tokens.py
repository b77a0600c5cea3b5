"""The reader's input: its form, its cuts, and offsets that point into the text as given."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from qa.reader_tokens import (
    MAX_TOKENS,
    QUESTION_TOKENS,
    TITLE_TOKENS,
    Encoded,
    encode,
    load_tokenizer,
)

TOKENIZER = load_tokenizer()
CLS, SEP = 101, 102


@pytest.fixture
def tokenizer() -> Tokenizer:
    return TOKENIZER


def pieces(encoded: Encoded) -> list[str]:
    return [TOKENIZER.id_to_token(number) for number in encoded.ids]


def test_form(tokenizer: Tokenizer) -> None:
    text = "Müller, 41, did."
    encoded = encode(tokenizer, "Who left?", "A farewell", text)
    assert " ".join(pieces(encoded)) == (
        "[CLS] who left ? [SEP] a farewell [SEP] muller , 41 , did . [SEP]"
    )
    assert encoded.types == [0] * 5 + [1] * 10
    assert encoded.text_from == 8
    assert [text[start:end] for start, end in encoded.offsets] == [
        "Müller", ",", "41", ",", "did", ".",
    ]  # fmt: skip


def test_nothing_at_all(tokenizer: Tokenizer) -> None:
    assert encode(tokenizer, "", "", "") == Encoded([CLS, SEP, SEP, SEP], [0, 0, 1, 1], [], 3)


def test_cuts(tokenizer: Tokenizer) -> None:
    """The question keeps its end, the title its start, the text what room there is."""
    question = "long " * 200 + "who won the cup"
    encoded = encode(tokenizer, question, "cup " * 50 + "end", "goal " * 1000)
    tokens = pieces(encoded)
    assert len(encoded.ids) == len(encoded.types) == MAX_TOKENS
    assert tokens[1 : 1 + QUESTION_TOKENS] == ["long"] * 60 + "who won the cup".split()
    assert encoded.types.index(1) == 1 + QUESTION_TOKENS + 1
    assert tokens[encoded.types.index(1) :][: TITLE_TOKENS + 1] == ["cup"] * TITLE_TOKENS + [
        "[SEP]"
    ]
    assert encoded.text_from == 1 + QUESTION_TOKENS + 1 + TITLE_TOKENS + 1
    assert set(tokens[encoded.text_from : -1]) == {"goal"}
    assert encoded.text_from + len(encoded.offsets) == MAX_TOKENS - 1
    assert encoded.ids[-1] == SEP


def test_a_short_question_leaves_its_room_to_the_text(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "who", "", "goal " * 1000)
    assert len(encoded.offsets) == MAX_TOKENS - 5


def test_markers_in_a_text_are_text(tokenizer: Tokenizer) -> None:
    encoded = encode(tokenizer, "[SEP]", "[CLS]", "[MASK] [SEP]")
    assert encoded.ids.count(SEP) == 3
    assert encoded.ids.count(CLS) == 1


def test_texts_without_end_are_not_tokenized_to_the_end(tokenizer: Tokenizer) -> None:
    text = "goal " * 2_000_000
    assert encode(tokenizer, text, text, text) == encode(
        tokenizer, text[-2000:], text[:2000], text[:2000]
    )


@settings(max_examples=200, deadline=None)
@given(*[st.text(st.characters(exclude_categories=()), max_size=60)] * 3)
def test_any_strings(question: str, title: str, text: str) -> None:
    encoded = encode(TOKENIZER, question, title, text)
    assert len(encoded.ids) == len(encoded.types) <= MAX_TOKENS
    assert encoded.text_from + len(encoded.offsets) + 1 == len(encoded.ids)
    assert encoded.ids.count(SEP) == 3
    assert all(0 <= start < end <= len(text) for start, end in encoded.offsets)
    assert encoded.offsets == sorted(encoded.offsets)
