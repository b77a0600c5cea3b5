"""Token counts and offsets, and that nothing is fetched for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.tokens import ModelTokenizer, count_llm_tokens

TOKENIZER = ModelTokenizer()


def test_offsets_name_the_words() -> None:
    text = "Café in Köln: 12,000 guests"
    words = [text[start:end] for start, end in TOKENIZER.offsets(text)]
    assert words == ["Café", "in", "Köln", ":", "12", ",", "000", "guests"]
    assert TOKENIZER.count(text) == len(words)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_has_offsets_within_it(text: str) -> None:
    offsets = TOKENIZER.offsets(text)
    assert all(0 <= start <= end <= len(text) for start, end in offsets)
    assert [start for start, _ in offsets] == sorted(start for start, _ in offsets)
    assert len(offsets) == TOKENIZER.count(text)
    assert len(TOKENIZER.ids(text)) == min(len(offsets) + 2, 256)


def test_surrogates_move_nothing() -> None:
    text = "a \ud83d\ude00 b \udc00 c"
    assert [text[start:end] for start, end in TOKENIZER.offsets(text)] == ["a", "b", "c"]


def test_long_text_is_tokenized_in_stretches_without_a_seam() -> None:
    sentence = "Überschwemmungen: 12 villages evacuated, officials said.\n"
    once = TOKENIZER.offsets(sentence)
    times = 9_000  # half a million characters
    expected = [
        (start + turn * len(sentence), end + turn * len(sentence))
        for turn in range(times)
        for start, end in once
    ]
    assert TOKENIZER.offsets(sentence * times) == expected
    assert TOKENIZER.count(sentence * times) == len(expected)


def test_text_without_a_space_is_cut_all_the_same() -> None:
    assert 1 <= TOKENIZER.count("x" * 1_000_000) <= 10


def test_ids_are_what_the_model_reads() -> None:
    first, *middle, last = TOKENIZER.ids("storm " * 400)
    assert (first, last) == (101, 102)
    assert len(middle) == 254
    assert len(set(middle)) == 1
    assert TOKENIZER.ids("") == [101, 102]
    assert TOKENIZER.ids("[SEP]").count(102) == 1


def test_llm_counts() -> None:
    assert count_llm_tokens("hello world") == count_llm_tokens("hello world", "cl100k_base") == 2
    assert count_llm_tokens("") == 0
    assert count_llm_tokens("<|endoftext|>") > 1
    assert count_llm_tokens("a \ud800 b") >= 3
    assert count_llm_tokens("rain fell " * 40_000) == pytest.approx(80_000, rel=0.001)


def test_unknown_encoding_says_which_are_known() -> None:
    with pytest.raises(ValueError, match="o200k_base"):
        count_llm_tokens("x", "p50k_base")


def test_llm_counts_fetch_nothing_and_leave_the_environment(tmp_path: Path) -> None:
    code = (
        "import os, socket, sys\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from index.tokens import count_llm_tokens\n"
        "before = dict(os.environ)\n"
        "assert count_llm_tokens('hello world') == 2\n"
        "assert dict(os.environ) == before\n"
        "assert 'llama_index.core' not in sys.modules"
    )
    for extra in ({}, {"TIKTOKEN_CACHE_DIR": str(tmp_path)}):
        environment = {k: v for k, v in os.environ.items() if k != "TIKTOKEN_CACHE_DIR"} | extra
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[1],
            env=environment,
            check=True,
            timeout=60,
        )
    assert not list(tmp_path.iterdir())
