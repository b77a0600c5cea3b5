"""The deterministic judge of support, on pairs that a person has judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.support import supports

CLAIM = (
    "A little-known militia, Saraya Awlia al-Dam, has claimed the Erbil attack of 15 February, in "
    "which two people were killed and twelve were hurt."
)


def test_nothing_supports_nothing() -> None:
    for statement in ("", " ", "…", "?!"):
        assert not supports(CLAIM, statement)
    assert not supports("", CLAIM)


@pytest.mark.parametrize(
    "statement",
    [
        CLAIM,
        CLAIM.upper(),
        "two people were killed",
        "It was.",
        "Saraya Awlia al-Dam claimed the attack on Irbil.",  # another spelling
        "The militia Saraya Awlia al-Dam has claimed the attack of February 15.",
        "2 people were killed in the Erbil attack.",
        "Militias claimed the attack, in which two died and 12 were hurt.",
    ],
)
def test_what_the_quote_says_is_supported(statement: str) -> None:
    assert supports(CLAIM + " It was.", statement)


@pytest.mark.parametrize(
    "statement",
    [
        "Three people were killed in the Erbil attack.",  # number
        "Saraya Awlia al-Dam claimed the Balad attack.",  # name
        "The militia has claimed the Erbil attack of 15 March.",
        "Saraya Awlia al-Dam has not claimed the Erbil attack.",  # denies
        "Nobody was killed in the Erbil attack.",
        "The militia bought rockets abroad and smuggled them into the country.",  # words
        "It was she.",  # small words alone, not word for word there
        "NATO claimed the Erbil attack of 15 February.",  # an acronym at the beginning is a name
    ],
)
def test_what_the_quote_does_not_say_is_not(statement: str) -> None:
    assert not supports(CLAIM, statement)


def test_a_denial_supports_denials_alone_and_only_in_its_own_sentence() -> None:
    denial = "The militia has not claimed the attack on Balad."
    assert supports(denial, "The militia has never claimed the Balad attack.")
    assert not supports(denial, "The militia has claimed the attack on Balad Base.")
    assert not supports(denial, "The militia claimed the Balad attack.")
    beside = "Two people were killed at Erbil. Nobody has been arrested."
    assert supports(beside, "At Erbil two people were killed.")


def test_a_short_run_inside_a_word_or_number_is_not_word_for_word() -> None:
    assert not supports("Some 12,500 men", "12")
    assert not supports("The theatre", "heat")


def test_the_share_of_words_can_be_set() -> None:
    statement = "The militia claimed the brutal attack."
    assert supports(CLAIM, statement)
    assert not supports(CLAIM, statement, content_share=0.8)


@given(st.text(), st.text())
def test_any_text_can_be_judged_and_holds_itself(premise: str, statement: str) -> None:
    assert supports(premise, statement) in (True, False)
    if any(character.isalnum() for character in statement):
        assert supports(f"{statement}\n{premise}", statement)
