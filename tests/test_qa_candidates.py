"""Words of a passage that may be the answer, from logits made by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.records import Passage
from index.sentences import sentences
from qa.candidates import MOST_TOKENS, Candidate, candidates
from qa.reader_model import TokenScores

TEXT = "The ferry sank off Marl. Divers of the guild found Ilse Brandt alive."


def passage(text: str, offset: int = 0, parted: bool = True) -> Passage:
    places = tuple((offset + a, offset + b) for a, b in sentences(text)) if parted else ()
    return Passage("p", "a", offset, offset + len(text), text, places)


def scores(
    text: str, starts: dict[str, float], ends: dict[str, float], token: str = r"\w+|[^\w\s]"
) -> TokenScores:
    """Logits by the token's text, 0 for the others."""
    offsets = [found.span() for found in re.finditer(token, text)]
    said = [text[start:end] for start, end in offsets]
    return TokenScores(
        np.array([starts.get(word, 0) for word in said], np.float32),
        np.array([ends.get(word, 0) for word in said], np.float32),
        0.0,
        offsets,
        0.0,
    )


def texts(found: list[Candidate]) -> list[str]:
    return [one.text for one in found]


def test_the_likeliest_comes_first_with_its_places_in_the_article() -> None:
    best, *others = candidates(3, passage(TEXT, 100), scores(TEXT, {"Ilse": 8}, {"Brandt": 8}), 5)
    assert best.text == "Ilse Brandt"
    assert best.rank == 3
    assert (best.start, best.end) == (100 + TEXT.index("Ilse"), 100 + TEXT.index(" alive"))
    assert best.sentence == (100 + TEXT.index("Divers"), 100 + len(TEXT))
    assert 0.9 < best.share < 1
    assert len(others) == 4
    assert sorted(others, key=lambda one: -one.share) == others


def test_the_share_is_the_product_of_two_softmaxes() -> None:
    (best,) = candidates(
        0, passage("Ada saw Ben"), scores("Ada saw Ben", {"Ada": 2}, {"Ben": 1}), 1
    )
    first = np.exp(2) / (np.exp(2) + 2)
    last = np.exp(1) / (np.exp(1) + 2)
    assert best.text == "Ada saw Ben"
    assert best.share == pytest.approx(first * last)


def test_no_answer_reaches_over_the_end_of_a_sentence() -> None:
    found = candidates(0, passage(TEXT), scores(TEXT, {"Marl": 9}, {"Divers": 9}), 50)
    assert not any("Divers" in one.text and "Marl" in one.text for one in found)
    assert {one.sentence for one in found} == {(0, 24), (25, len(TEXT))}


def test_an_answer_is_no_longer_than_it_may_be() -> None:
    text = " ".join(f"w{n}" for n in range(60))
    (best, *_) = candidates(0, passage(text), scores(text, {"w0": 9}, {"w59": 9, "w24": 8}), 8)
    assert best.text == " ".join(f"w{n}" for n in range(MOST_TOKENS))


@pytest.mark.parametrize(
    ("text", "token", "start", "end", "whole"),
    [
        ("In Oslo it snowed.", r"Os|lo|\w+", "lo", "lo", "Oslo"),
        ("In Oslo it snowed.", r"Os|lo|\w+", "Os", "Os", "Oslo"),
        ("It cost 12.5 crowns.", r"\w+|\.", "12", "12", "12.5"),
        ("It cost 12.5 crowns.", r"\w+|\.", "5", "5", "12.5"),
        ("Some 1,000,000 came.", r"\w+|,", "1", "1", "1,000,000"),
        ("At 10:30 it rang.", r"\w+|:", "30", "30", "10:30"),
        ("He ran, 9 saw it, 8 did.", r"\w+|,", "9", "9", "9"),
        ("It was in 1987. It rained.", r"\w+|\.", "1987", "1987", "1987"),
        ("The cafe\u0301s closed.", r"cafe|\u0301s|\w+", "cafe", "cafe", "cafe\u0301s"),
        ("हिन्दी बोली", r"[^\s]", "द", "द", "हिन्दी"),
    ],
)
def test_whole_words_and_numbers(text: str, token: str, start: str, end: str, whole: str) -> None:
    (best, *_) = candidates(0, passage(text), scores(text, {start: 9}, {end: 9}, token), 3)
    assert best.text == whole


def test_places_that_make_the_same_words_are_one_candidate() -> None:
    found = candidates(0, passage("Oslo"), scores("Oslo", {}, {}, "Os|lo"), 8)
    assert texts(found) == ["Oslo"]


def test_marks_alone_are_no_answer() -> None:
    text = "“ ” — … ,"
    assert candidates(0, passage(text), scores(text, {"…": 9}, {"…": 9}), 8) == []


def test_nothing_read_is_no_candidate() -> None:
    nothing = TokenScores(np.empty(0, np.float32), np.empty(0, np.float32), 3.0, [], 0.0)
    assert candidates(0, passage(""), nothing, 8) == []
    assert candidates(0, passage(" \n "), nothing, 8) == []


def test_a_passage_without_sentences_is_one_without_the_space_around_it() -> None:
    text = "  The ferry sank. It was old.\n"
    (best, *_) = candidates(0, passage(text, 10, parted=False), scores(text, {"sank": 9}, {}), 4)
    assert best.sentence == (12, 10 + len(text) - 1)


def test_sentences_that_leave_words_out_or_lie_elsewhere() -> None:
    text = "Ada saw Ben. Cid ran."
    odd = Passage("p", "a", 50, 50 + len(text), text, ((50, 57), (63, 71)))
    found = candidates(0, odd, scores(text, {"Ben": 9}, {"Ben": 9}), 20)
    assert "Ben" not in texts(found)
    assert all(one.sentence[0] <= one.start < one.end <= one.sentence[1] for one in found)
    elsewhere = Passage("p", "a", 50, 50 + len(text), text, ((0, 12), (900, 999)))
    assert candidates(0, elsewhere, scores(text, {}, {}), 20) == []


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_logits_that_are_no_number_neither_win_nor_spoil_the_rest(odd: float) -> None:
    made = scores(TEXT, {"Ilse": 5, "ferry": odd}, {"Brandt": 5, "ferry": odd})
    found = candidates(0, passage(TEXT), made, 8)
    assert found[0].text == "Ilse Brandt"
    assert all(np.isfinite(one.share) for one in found)
    assert not any(one.text.startswith("ferry") or one.text.endswith("ferry") for one in found)
    nothing = scores(TEXT, {}, {})
    nothing.starts[:] = odd
    assert candidates(0, passage(TEXT), nothing, 8) == []


def test_equal_logits_give_the_same_candidates_in_the_same_order() -> None:
    made = scores(TEXT, {}, {})
    first = candidates(0, passage(TEXT), made, 8)
    assert first == candidates(0, passage(TEXT), made, 8)
    assert len(first) == 8


@settings(max_examples=80, deadline=None)
@given(data=st.data(), text=st.text(max_size=120), offset=st.integers(0, 50), parted=st.booleans())
def test_any_text_and_logits(data: st.DataObject, text: str, offset: int, parted: bool) -> None:
    offsets = [found.span() for found in re.finditer(r"\w{1,3}|[^\w\s]", text)]
    logits = arrays(np.float32, len(offsets), elements=st.floats(-30, 30, width=32))
    made = TokenScores(data.draw(logits), data.draw(logits), 0.0, offsets, 0.0)
    one = passage(text, offset, parted)
    found = candidates(0, one, made, 8)
    assert len(found) <= 8
    assert sum(it.share for it in found) <= 1 + 1e-6
    assert len({(it.start, it.end) for it in found}) == len(found)
    for it in found:
        start, end = it.start - offset, it.end - offset
        assert it.sentence[0] <= it.start < it.end <= it.sentence[1]
        assert it.text == text[start:end]
        assert 0 <= it.share <= 1
        assert any(c.isalnum() for c in it.text)
        assert not (start and text[start - 1].isalnum() and text[start].isalnum())
        assert not (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
