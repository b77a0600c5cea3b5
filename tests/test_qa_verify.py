"""A citation is believed only where its quote stands in its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.records import Citation
from qa.verify import verify

SOURCE = "The Red Hand claimed the raid on Erbil on 12 May, in which two people died."


def citation(quote: str, statement: str) -> Citation:
    return Citation(
        number=1,
        article_id="a",
        passage_id="p",
        title="",
        url=None,
        source=None,
        published=None,
        quote=quote,
        start=0,
        end=len(quote),
        answer_start=0,
        answer_end=len(statement),
        verification="unsupported",
        support=0.5,
    )


def test_the_quote_itself_is_verbatim() -> None:
    verdict = verify(citation(SOURCE, SOURCE), SOURCE, f"{SOURCE} [1]")
    assert verdict == ("verbatim", 1.0)


@pytest.mark.parametrize(
    "source", [None, "", SOURCE + " ", SOURCE.lower(), SOURCE.replace("two", "ten")]
)
def test_a_quote_that_is_not_in_its_source_is_unsupported(source: str | None) -> None:
    assert verify(citation(SOURCE, SOURCE), source, SOURCE) == ("unsupported", 0.0)


def test_an_empty_quote_proves_nothing() -> None:
    assert verify(citation("  ", "  "), "  ", "  ").verification == "unsupported"


@pytest.mark.parametrize(
    "statement",
    ["The raid on Erbil was claimed by the Red Hand.", "Two people died in Irbil on 12 May."],
)
def test_the_sources_facts_in_other_words_are_supported(statement: str) -> None:
    verdict = verify(citation(SOURCE, statement), SOURCE, statement)
    assert verdict.verification == "supported"
    assert verdict.support >= 0.6


@pytest.mark.parametrize(
    "statement",
    [
        "The Red Hand claimed the raid on Kessel.",
        "Three people died in the raid on Erbil.",
        "The Red Hand claimed the raid on Erbil on 13 May.",
        "The Red Hand never claimed the raid on Erbil.",
        "The weather in Erbil will be fair and warm tomorrow.",
        "of the",
    ],
)
def test_other_names_numbers_and_negations_are_not(statement: str) -> None:
    assert verify(citation(SOURCE, statement), SOURCE, statement).verification == "unsupported"


def test_answer_offsets_outside_the_answer_are_unsupported() -> None:
    far = citation(SOURCE, SOURCE).model_copy(update={"answer_start": 900, "answer_end": 990})
    assert verify(far, SOURCE, SOURCE).verification == "unsupported"


@given(st.text(max_size=80), st.text(max_size=80), st.none() | st.text(max_size=80))
def test_nothing_is_verbatim_unless_all_three_are_equal(
    quote: str, statement: str, source: str | None
) -> None:
    verdict = verify(citation(quote, statement), source, statement)
    assert 0.0 <= verdict.support <= 1.0
    if verdict.verification == "verbatim":
        assert quote == statement == source
    if source != quote:
        assert verdict == ("unsupported", 0.0)
