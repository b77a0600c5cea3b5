"""A citation is believed only where its quote stands in its source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.draft import Draft, Insertion
from qa.records import Citation, ShortAnswer, Status
from qa.verify import adds_only_names, is_proved, verify
from tests.passages import hit

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


TOLD = "Ana Lind spoke [on air]. She [1] won."
INSERTED = "She [Ana Lind] [1] won."


def pronoun(**changes: object) -> Draft:
    cited = citation(TOLD[25:], INSERTED).model_copy(update={"start": 25, "end": 37})
    made = {
        "text": f"{INSERTED} [1]",
        "status": Status.ANSWERED,
        "citations": (cited,),
        "insertions": (Insertion(1, 3, 14, 0, 8),),
    }
    return Draft(**(made | changes))  # type: ignore[arg-type]


def live() -> dict:
    passage = hit(TOLD).passage
    return {"p": passage}


def test_a_quote_with_its_insertions_taken_away_is_verbatim() -> None:
    draft = pronoun()
    (cited,) = draft.citations
    assert cited.quote == "She [1] won."
    assert verify(cited, cited.quote, draft.text, draft.insertions) == ("verbatim", 1.0)
    assert is_proved(draft, live())


def test_brackets_that_nobody_tells_of_are_not_taken_away() -> None:
    draft = pronoun(insertions=())
    (cited,) = draft.citations
    assert verify(cited, cited.quote, draft.text).verification != "verbatim"
    assert not is_proved(draft, live())
    own = citation(TOLD, TOLD)
    assert verify(own, TOLD, f"{TOLD} [1]").verification == "verbatim"


@pytest.mark.parametrize(
    ("text", "insertion"),
    [
        ("She not [1] won. [1]", Insertion(1, 3, 7, 0, 8)),  # no brackets
        ("She [7] [1] won. [1]", Insertion(1, 3, 7, 0, 8)),  # a number
        ("She [a [b] [1] won. [1]", Insertion(1, 3, 10, 0, 8)),
        ("She [Ana Lind] [1] won. [1]", Insertion(1, 3, 14, 0, 3)),  # another name in the source
        ("She [Ana Lind] [1] won. [1]", Insertion(1, 3, 14, 0, 80)),
        ("She [Ana Lind] [1] won. [1]", Insertion(2, 3, 14, 0, 8)),  # of no citation
        ("She [Ana Lind] [1] won. [1]", Insertion(1, 20, 90, 0, 8)),  # outside the quote
        ("She [Omar Reza] [1] won. [1]", Insertion(1, 3, 15, 0, 8)),
    ],
)
def test_an_insertion_that_is_no_name_of_the_source_is_not_proved(
    text: str, insertion: Insertion
) -> None:
    end = text.index("won.") + 4
    cited = pronoun().citations[0].model_copy(update={"answer_end": end})
    assert not is_proved(pronoun(text=text, insertions=(insertion,), citations=(cited,)), live())


@pytest.mark.parametrize(
    ("text", "start", "end", "is_right"),
    [("She", 25, 28, True), ("yes", 25, 37, True), ("she", 25, 28, False), ("Ana", 0, 3, False),
     ("won", 33, 36, True), ("won", 32, 35, False), ("yes", 25, 90, False)],
)  # fmt: skip
def test_a_short_answer_is_verbatim_within_its_quote(
    text: str, start: int, end: int, is_right: bool
) -> None:
    short = ShortAnswer(text=text, citation=1, start=start, end=end, confidence=1)
    assert is_proved(pronoun(short_answer=short), live()) is is_right
    assert is_proved(pronoun(also=(short,)), live()) is is_right
    nowhere = short.model_copy(update={"citation": 2})
    assert not is_proved(pronoun(short_answer=nowhere), live())
    assert not is_proved(pronoun(short_answer=short), {})


@pytest.mark.parametrize(
    ("statement", "quote", "is_so"),
    [
        ("She won.", "She won.", True),
        ("She [Ana Lind] won.", "She won.", True),
        ("She [Ana Lind] [sic] won.", "She [sic] won.", True),
        ("She [a] [a] won.", "She [a] won.", True),
        ("His [Omar Reza's] wife won.", "His wife won.", True),
        ("She [1] won.", "She won.", False),
        ("She [Ana [b] won.", "She won.", False),
        ("She [Ana Lind] lost.", "She won.", False),
        ("She won.", "She [sic] won.", False),
        ("", "", True),
    ],
)
def test_a_quote_with_names_in_brackets_is_known_without_being_told(
    statement: str, quote: str, is_so: bool
) -> None:
    assert adds_only_names(statement, quote) is is_so
