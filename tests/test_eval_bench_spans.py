"""The reader alone: the best words of a passage, and of several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from eval.bench.spans import (
    answered,
    answers_of,
    best_span,
    difference,
    scores_of,
    windows,
)
from eval.train.heldout import Example
from index.tokens import ModelTokenizer
from qa.listen import Check, never
from qa.reader_model import TokenScores

TEXT = "Ada Lovelace wrote the first program in 1843."


def tokens(text: str) -> list[tuple[int, int]]:
    """Words."""
    found, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        found.append((start, start + len(word)))
        start += len(word)
    return found


def scored(text: str, start: int, end: int, answers: float = 0.0) -> TokenScores:
    """Sure that the words from place `start` to place `end` are the answer."""
    offsets = tokens(text)
    starts, ends = np.zeros((2, len(offsets)), dtype=np.float32)
    starts[start] = ends[end] = 9
    return TokenScores(starts, ends, answers, offsets, 0.0)


def example(context: str = TEXT, **changes) -> Example:
    fields = {
        "id": "a",
        "question": "who wrote the first program?",
        "title": "Ada_Lovelace",
        "context": context,
        "answers": ("Ada Lovelace", "Lovelace"),
        "starts": (0, 4),
        "domain": "new_wiki",
    }
    return Example(**(fields | changes))


class FakeModel:
    """Implements `eval.bench.spans.Model` by a function of the text; keeps what it was given."""

    name = "fake"

    def __init__(self, of) -> None:
        self._of = of
        self.asked: list[tuple[str, str]] = []

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]:
        self.asked += texts
        return [self._of(text) for _, text in texts]


def test_the_words_of_the_best_span() -> None:
    found = best_span(scored(TEXT, 0, 1))
    assert found is not None
    assert TEXT[found[1] : found[2]] == "Ada Lovelace"
    assert found[0] < 0  # a logarithm of a probability


def test_no_token_has_no_span() -> None:
    empty = np.zeros(0, dtype=np.float32)
    assert best_span(TokenScores(empty, empty, 5.0, [], 0.0)) is None
    model = FakeModel(lambda _: TokenScores(empty, empty, 5.0, [], 0.0))
    assert answered(model, example(), [""]) == ""


@pytest.mark.parametrize("seed", range(20))
def test_the_best_span_is_that_of_the_definition(seed: int) -> None:
    draws = np.random.default_rng(seed)
    count, most = int(draws.integers(1, 12)), int(draws.integers(1, 5))
    starts, ends = draws.normal(0, 2, (2, count)).astype(np.float32)
    offsets = [(10 * place, 10 * place + 5) for place in range(count)]
    allowed = [(a, b) for a, b in product(range(count), repeat=2) if a <= b < a + most]
    first, last = max(allowed, key=lambda one: float(starts[one[0]]) + float(ends[one[1]]))
    found = best_span(TokenScores(starts, ends, 0.0, offsets, 0.0), most)
    assert found is not None
    assert found[1:] == (offsets[first][0], offsets[last][1])


def test_an_end_before_its_start_and_a_whole_page_are_no_answers() -> None:
    backwards = best_span(scored(TEXT, 5, 1))
    assert backwards is not None and backwards[1] < backwards[2]
    long = " ".join(["word"] * 100)
    found = best_span(scored(long, 0, 99))
    assert found is not None and len(long[found[1] : found[2]].split()) <= 30


def test_of_several_passages_the_one_that_answers_counts() -> None:
    def of(text: str) -> TokenScores:
        return scored(text, 0, 1, answers=2.0 if text == TEXT else -2.0)

    model = FakeModel(of)
    assert answered(model, example(), ["Charles Babbage built it.", TEXT]) == "Ada Lovelace"
    assert model.asked[0] == ("Ada Lovelace", "Charles Babbage built it.")


def test_a_title_that_names_a_collection_is_not_read() -> None:
    model = FakeModel(lambda text: scored(text, 0, 0))
    answered(model, example(domain="reddit", title="Filtered_Reddit_Comments"), [TEXT])
    assert model.asked == [("", TEXT)]


def test_a_long_text_is_cut_at_sentences() -> None:
    sentences = [
        f"Number {n} of the sentences tells of bridge {n} and its toll." for n in range(60)
    ]
    tokenizer = ModelTokenizer()
    cut = windows(example(" ".join(sentences)), tokenizer)
    assert len(cut) > 1
    assert " ".join(" ".join(cut).split()) == " ".join(sentences)
    assert all(len(tokenizer.offsets(text)) <= 210 for text in cut)
    assert all(text.startswith("Number") and text.endswith("toll.") for text in cut)
    assert windows(example("  "), tokenizer) == ["  "]


def test_figures_by_domain_and_in_total() -> None:
    examples = [
        example(),
        example("Nobody knows.", id="b", answers=("Nobody knows",), starts=(0,)),
        example("Paris it was.", id="c", domain="reddit", answers=("Rome",), starts=(0,)),
    ]
    model = FakeModel(lambda text: scored(text, 0, 0))
    given = answers_of(model, examples, ModelTokenizer())
    assert given == ["Ada", "Nobody", "Paris"]
    domains = scores_of(examples, given)
    assert list(domains) == ["new_wiki", "reddit", "total"]
    assert [one["questions"] for one in domains.values()] == [2, 1, 3]
    # "Ada" of "Ada Lovelace" and "Nobody" of "Nobody knows" are half an answer each.
    assert domains["new_wiki"]["EM"]["value"] == 0
    assert domains["new_wiki"]["F1"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert domains["reddit"]["F1"]["value"] == 0
    assert domains["total"]["F1"]["value"] == pytest.approx(4 / 9, abs=1e-4)
    better = difference(examples, ["Ada Lovelace", "Nobody", "Paris"], given)
    assert better["EM"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert better["F1"]["value"] == pytest.approx(1 / 9, abs=1e-4)


def test_the_real_reader_is_asked_as_it_is(tmp_path: Path) -> None:
    """With weights that learned nothing: what it answers stands in the text."""
    from qa.reader_model import ReaderModel
    from tests.reader_weights import write_made_up

    weights = write_made_up(tmp_path / "reader.safetensors")
    model = ReaderModel.open(tmp_path, threads=1, precision="fp32", weights=weights)
    try:
        words = answered(model, example(), windows(example(), ModelTokenizer()))
    finally:
        model.close()
    assert words and words in TEXT
