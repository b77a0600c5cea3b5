"""Citations: which statement has which, ALCE's recall and precision, and exactness of quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.citations import (
    citation_precision,
    citation_recall,
    quote_exactness,
    quote_words,
    statements,
)
from eval.records import CitedQuote


def cited(number: int, quote: str = "", **more: object) -> CitedQuote:
    return CitedQuote(number=number, article_id="a", quote=quote or f"quote {number}", **more)


def shown(text: str, *citations: CitedQuote) -> list[tuple[str, list[int | None]]]:
    """Each statement with the numbers of its citations."""
    return [
        (one.text, [quote.number if quote else None for quote in one.cited])
        for one in statements(text, citations)
    ]


class Judge:
    """Supports what a table says: statement → sets of quotes that suffice. Others, no."""

    def __init__(self, table: dict[str, list[set[str]]]) -> None:
        self.table = table

    def __call__(self, premise: str, statement: str) -> bool:
        held = set(premise.split("\n"))
        return any(enough <= held for enough in self.table.get(statement, []))


def test_nothing_said_or_cited_is_no_measure() -> None:
    for text in ("", "  \n", "[1]", "…"):
        assert citation_recall(text, [cited(1)]) is None
        assert citation_precision(text, [cited(1)]) is None
    assert citation_precision("Rockets fell on Erbil.", []) is None
    assert citation_recall("Rockets fell on Erbil.", []) == 0  # said without proof
    assert quote_exactness([], lambda _: "text") is quote_words([]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fell [1]. It rose [2].", [("It fell.", [1]), ("It rose.", [2])]),
        ("It fell. [1] It rose. [2]", [("It fell.", [1]), ("It rose.", [2])]),
        ("It fell.[1] It rose.[2]", [("It fell.", [1]), ("It rose.", [2])]),
        ("It fell [1][2]. It rose.", [("It fell.", [1, 2]), ("It rose.", [])]),
        ("It fell [1, 2]. [2]", [("It fell.", [1, 2])]),
        ("It fell [1] and rose [2].", [("It fell and rose.", [1, 2])]),
        ("[1] It fell.", [("It fell.", [1])]),
        ("It fell.\n[2] It rose.", [("It fell.", []), ("It rose.", [2])]),
        ("“It fell.” [1] It rose.", [("“It fell.”", [1]), ("It rose.", [])]),
        ("The U.S. said so [1]. It rose.", [("The U.S. said so.", [1]), ("It rose.", [])]),
        ("It fell [7].", [("It fell.", [None])]),
        ("It fell [sic] [1].", [("It fell [sic].", [1])]),
    ],
)
def test_a_citation_belongs_to_the_sentence_that_holds_its_mark(text, expected) -> None:
    assert shown(text, cited(1), cited(2)) == expected


def test_a_citation_belongs_to_every_sentence_it_says_it_is_for() -> None:
    text = "Nobody died. It was at night. [1] It rose."
    whole = cited(1, "Nobody died. It was at night.", answer_start=0, answer_end=29)
    assert shown(text, whole) == [
        ("Nobody died.", [1]),
        ("It was at night.", [1]),
        ("It rose.", []),
    ]
    part = cited(1, "died", answer_start=7, answer_end=11)
    assert shown(text, part)[0] == ("Nobody died.", [])
    nowhere = cited(1, "died", answer_start=20, answer_end=900)
    assert shown(text, nowhere)[1] == ("It was at night.", [1])  # by its mark alone


def test_brackets_that_the_article_itself_has_are_no_marks() -> None:
    quote = "The law [2] was changed."
    text = f"{quote} [1]"
    assert shown(text, cited(1, quote, answer_start=0, answer_end=len(quote))) == [(quote, [1])]
    assert shown(text, cited(1, quote)) == [("The law was changed.", [None, 1])]


def test_recall_takes_the_citations_of_a_statement_together() -> None:
    judge = Judge({"It fell.": [{"p", "q"}], "It rose.": [{"p"}]})
    quotes = [cited(1, "p"), cited(2, "q")]
    assert citation_recall("It fell [1][2]. It rose [1].", quotes, judge) == 1
    assert citation_recall("It fell [1]. It rose [1].", quotes, judge) == 0.5
    assert citation_recall("It fell [1][2]. It rose [2]. It sank.", quotes, judge) == (
        pytest.approx(1 / 3)
    )


def test_precision_is_alces_in_each_of_its_cases() -> None:
    quotes = [cited(1, "p"), cited(2, "q"), cited(3, "r")]
    # Alone enough: precise. Not enough and not needed: irrelevant.
    judge = Judge({"It fell.": [{"p"}]})
    assert citation_precision("It fell [1].", quotes, judge) == 1
    assert citation_precision("It fell [1][2].", quotes, judge) == 0.5
    # Needed together: all precise, and a third beside them is not.
    judge = Judge({"It fell.": [{"p", "q"}]})
    assert citation_precision("It fell [1][2].", quotes, judge) == 1
    assert citation_precision("It fell [1][2][3].", quotes, judge) == pytest.approx(2 / 3)
    # A statement that is not supported has no precise citation.
    assert citation_precision("It fell [1].", quotes, judge) == 0
    # Two that each suffice are both precise.
    judge = Judge({"It fell.": [{"p"}, {"q"}], "It rose.": [{"r"}]})
    assert citation_precision("It fell [1][2].", quotes, judge) == 1
    # Over the citations of the answer, not over its statements.
    assert citation_precision("It fell [1][2]. It rose [1].", quotes, judge) == pytest.approx(2 / 3)


def test_a_number_without_a_citation_supports_nothing_and_is_not_precise() -> None:
    judge = Judge({"It fell.": [{"p"}]})
    assert citation_recall("It fell [1][9].", [cited(1, "p")], judge) == 0
    assert citation_precision("It fell [1][9].", [cited(1, "p")], judge) == 0


def test_by_default_a_verbatim_quote_supports_and_another_one_does_not() -> None:
    text = "Two people were killed. [1] The militia denied it. [2]"
    quotes = [cited(1, "Two people were killed."), cited(2, "The militia claimed it.")]
    assert citation_recall(text, quotes) == citation_precision(text, quotes) == 0.5


ARTICLE = "Rockets fell. Two died."


@pytest.mark.parametrize(
    ("quote", "start", "end", "is_exact"),
    [
        ("Two died.", 14, 23, True),
        ("Two died.", 13, 22, False),
        ("Two died", 14, 23, False),
        ("two died.", 14, 23, False),
        ("Two died.", None, None, True),
        ("Three died.", None, None, False),
        ("", 3, 3, False),
        (" ", 13, 14, False),
        ("died.", -5, 23, False),
    ],
)
def test_a_quote_is_exact_where_it_says_it_stands(quote, start, end, is_exact) -> None:
    one = CitedQuote(number=1, article_id="a", quote=quote, start=start, end=end)
    assert quote_exactness([one], {"a": ARTICLE}.get) == float(is_exact)
    assert quote_exactness([one], {}.get) == 0


def test_exactness_and_length_are_means_over_the_citations() -> None:
    quotes = [cited(1, "Rockets fell."), cited(2, "Rockets rose up.")]
    assert quote_exactness(quotes, {"a": ARTICLE}.get) == 0.5
    assert quote_words(quotes) == 2.5


texts = st.text(alphabet="aB. \n[12],“”\ud800\x00é", max_size=60)


@given(texts, st.lists(st.tuples(st.integers(1, 3), texts, st.integers(-2, 70)), max_size=3))
def test_any_answer_can_be_measured(text, citations) -> None:
    quotes = [
        cited(number, quote, answer_start=start, answer_end=start + len(quote))
        for number, quote, start in citations
    ]
    for measure in (citation_recall, citation_precision):
        value = measure(text, quotes)
        assert value is None or 0 <= value <= 1
    always = citation_recall(text, quotes, lambda premise, statement: True)
    assert always is None or always >= citation_recall(text, quotes)
