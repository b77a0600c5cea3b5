"""Short answers as a person would give them, always a piece of their sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.trim import trim

KINDS = ["who", "when", "where", "how_many", "why", "how", "what", "yes_no", "other"]


def trimmed(text: str, span: str, kind: str, heads: tuple[str, ...] = ()) -> str:
    start = text.index(span)
    return text[slice(*trim(text, start, start + len(span), kind, heads))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "span", "short"),
    [
        ("who", "It was won by the Red Hand, a band.", "by the Red Hand, a band.", "Red Hand"),
        ("who", "Ned Price, 45, spoke.", "Ned Price, 45", "Ned Price"),
        ("who", "Ana Lind, who left, wept.", "Ana Lind, who left", "Ana Lind"),
        ("who", "Then President Biden spoke.", "President Biden", "President Biden"),
        ("who", "Biden and Kazemi talked.", "Biden and", "Biden"),
        ("who", "Iraq's army fled.", "Iraq's", "Iraq"),
        ("who", "McDonald's said so.", "McDonald's", "McDonald's"),
        ("who", "We asked the mayor.", "the mayor", "the mayor"),
        ("who", "F. Scott Fitzgerald Jr. wrote it.", "F. Scott Fitzgerald Jr.",
         "F. Scott Fitzgerald Jr."),
        ("who", "Saraya (Guardians of Blood) did it.", "Saraya (Guardians of Blood",
         "Saraya (Guardians of Blood)"),
        ("who", "The Bidens came.", "iden", "Bidens"),
        ("where", "He lives in the U.S. today.", "in the U.S.", "U.S."),
        ("where", "It opened in The Hague.", "in The Hague", "The Hague"),
        ("where", "The base is at Marl, in the north.", "at Marl, in the north", "Marl"),
        ("where", "It is near Kirkuk.", "near Kirkuk", "near Kirkuk"),
        ("when", "On Sunday it fell.", "On Sunday", "Sunday"),
        ("when", "It fell on Sunday, 12 May.", "on Sunday, 12 May.", "Sunday, 12 May"),
        ("when", "It fell on May 3, 2021, at sea.", "on May 3, 2021,", "May 3, 2021"),
        ("when", "It has rained since Monday.", "since Monday", "since Monday"),
        ("what", "He read “Barbie” aloud.", "“Barbie”", "Barbie"),
        ("what", "It was a heart attack.", "a heart attack.", "heart attack"),
        ("what", "Guns, a car and two boats sank.", "Guns, a car and two boats",
         "Guns, a car and two boats"),
        ("how_many", "About 40 people died.", "About 40 people", "40"),
        ("how_many", "At least 40 people died.", "At least 40 people", "At least 40"),
        ("how_many", "It cost about $3.5 million, officials said.",
         "about $3.5 million, officials said", "$3.5 million"),
        ("how_many", "Two people die, a dozen are hurt.", "Two people die", "Two"),
        ("how_many", "He is 45 years old.", "45 years old", "45"),
        ("how_many", "A dozen were hurt.", "A dozen", "A dozen"),
        ("why", "They fire to embarrass the government.", "to embarrass the government.",
         "to embarrass the government"),
    ],
)  # fmt: skip
def test_what_only_ties_an_answer_to_its_sentence_is_cut(
    kind: str, text: str, span: str, short: str
) -> None:
    assert trimmed(text, span, kind) == short


@pytest.mark.parametrize(
    "name", ["Theresa May", "Will Smith", "March of Dimes", "A. A. Milne", "On the Road Inc."]
)
@pytest.mark.parametrize("kind", ["who", "what", "where"])
def test_a_name_is_never_cut(name: str, kind: str) -> None:
    assert trimmed(f"We saw {name} there.", name, kind) == name


def test_the_noun_that_is_counted_is_cut_and_another_is_not() -> None:
    text = "More than a dozen rockets hit."
    assert (
        trimmed(text, "More than a dozen rockets", "how_many", ("rocket",)) == "More than a dozen"
    )
    assert trimmed(text, "a dozen rockets", "how_many", ("attack",)) == "a dozen rockets"


@given(
    text=st.text(alphabet="aA tT’'\"“”()[],.- 1théin Mayof", min_size=1, max_size=40),
    first=st.integers(0, 40),
    size=st.integers(1, 40),
    kind=st.sampled_from(KINDS),
)
def test_whatever_it_is_given_it_gives_a_piece_of_it(
    text: str, first: int, size: int, kind: str
) -> None:
    start = min(first, len(text) - 1)
    end = min(len(text), start + size)
    left, right = trim(text, start, end, kind)  # type: ignore[arg-type]
    assert 0 <= left < right <= len(text)
    if text[start:end].strip():
        assert text[left:right].strip()
