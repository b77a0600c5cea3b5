"""Candidates that say the same are one answer."""

from __future__ import annotations

from itertools import permutations

import pytest

from qa.agree import FoundAnswer, answers_of, plain
from qa.candidates import Candidate


def weighed(*pairs: tuple[str, float]) -> list[tuple[Candidate, float]]:
    """Candidates of so many passages, the weightiest first."""
    made = [
        (Candidate(rank, (0, 200), 0, len(text), text, weight), weight)
        for rank, (text, weight) in enumerate(pairs)
    ]
    return sorted(made, key=lambda pair: -pair[1])


def answers(*pairs: tuple[str, float], most: int = 24) -> list[FoundAnswer]:
    return answers_of(weighed(*pairs), most)


def groups(*texts: str) -> set[frozenset[str]]:
    """The wordings of each answer, the first of `texts` the weightiest."""
    pairs = [(text, 0.5 - 0.01 * place) for place, text in enumerate(texts)]
    return {frozenset(place.text for place, _ in one.places) for one in answers(*pairs)}


def test_nothing_is_no_answer() -> None:
    assert answers_of([], 24) == []


def test_equal_wordings_are_summed_over_passages() -> None:
    best, other = answers(("Otto Mann", 0.3), ("Ilse Brandt", 0.2), ("the ILSE BRANDT", 0.2))
    assert (best.text, other.text) == ("Ilse Brandt", "Otto Mann")
    assert best.weight == pytest.approx(0.4)
    assert [place.rank for place, _ in best.places] == [1, 2]
    assert other.weight == pytest.approx(0.3)


@pytest.mark.parametrize("texts", list(permutations(["Biden", "Joe Biden", "President Joe Biden"])))
def test_a_name_in_full_and_in_part_whichever_leads(texts: tuple[str, ...]) -> None:
    assert groups(*texts) == {frozenset(texts)}


@pytest.mark.parametrize("texts", list(permutations(["Joe Biden", "President Biden", "Biden"])))
def test_a_title_is_no_given_name(texts: tuple[str, ...]) -> None:
    assert groups(*texts) == {frozenset(texts)}


@pytest.mark.parametrize(
    "texts",
    [
        ("40", "forty"),
        ("40 people", "forty", "40"),
        ("1.5 million", "1,500,000"),
        ("Kadhimi", "Al-Kazemi"),
        ("the Red Hand", "Red Hand"),
        ("U.S.", "US"),
        ("Apollo 11", "the Apollo 11"),
        ("5 May", "May 5"),
    ],
)
def test_other_wordings_of_one_thing(texts: tuple[str, ...]) -> None:
    assert groups(*texts) == {frozenset(texts)}


@pytest.mark.parametrize(
    "texts",
    [
        ("Apollo 11", "Apollo 12"),
        ("40", "41"),
        ("Joe Biden", "Hunter Biden"),
        ("Michelle Obama", "Barack Obama"),
        ("President Joe Biden", "Hunter Biden"),
        ("5 May", "5 March"),
        ("5%", "$5"),
        ("Red Hand", "Blue Band"),
        ("Niger", "Nigeria"),
    ],
)
def test_different_things_stay_apart(texts: tuple[str, ...]) -> None:
    assert groups(*texts) == {frozenset([text]) for text in texts}
    assert groups(*texts[::-1]) == groups(*texts)


def test_two_people_do_not_meet_in_the_family_name_that_both_have() -> None:
    found = groups("Biden", "Joe Biden", "Hunter Biden")
    assert found == {frozenset({"Biden", "Joe Biden"}), frozenset({"Hunter Biden"})}
    found = groups("Hunter Biden", "President Joe Biden", "Biden")
    assert found == {frozenset({"Hunter Biden", "Biden"}), frozenset({"President Joe Biden"})}


def test_the_wording_shown_is_the_one_that_carries_the_most() -> None:
    (only,) = answers(("Biden", 0.2), ("Joe Biden", 0.15), ("Biden", 0.1), ("Joe Biden", 0.16))
    assert only.text == "Joe Biden"
    assert only.weight == pytest.approx(0.61)
    assert [weight for _, weight in only.places] == [0.2, 0.16, 0.15, 0.1]


def test_no_weight_is_lost_or_made_up_to_the_wordings_that_are_compared() -> None:
    pairs = [(f"Town {n}", 0.1 / (n + 1)) for n in range(12)]
    found = answers(*pairs)
    assert sum(one.weight for one in found) == pytest.approx(sum(weight for _, weight in pairs))
    assert [one.text for one in answers(*pairs, most=3)] == ["Town 0", "Town 1", "Town 2"]
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)


def test_equal_weights_give_one_order_whatever_order_they_come_in() -> None:
    pairs = [("Marl", 0.2), ("Kessel", 0.2), ("Orsen", 0.2)]
    orders = {tuple(one.text for one in answers(*order)) for order in permutations(pairs)}
    assert len(orders) == 1


@pytest.mark.parametrize(
    "odd", ["", "?!", "the", "\x00", "\ud800", "a\u0301", "9" * 5000, "[1] <b>", "運河", "A" * 5000]
)
def test_odd_wordings(odd: str) -> None:
    found = answers((odd, 0.3), ("Ilse Brandt", 0.2), (odd, 0.1))
    assert [(one.text, round(one.weight, 3)) for one in found] == [(odd, 0.4), ("Ilse Brandt", 0.2)]


def test_plain_wordings() -> None:
    assert plain("The “Red Hand”, a band") == "red hand band"
    assert plain("$12.6 million") == "$12 6 million"
    assert plain("5%") != plain("5")
    assert plain("The") == "The"
