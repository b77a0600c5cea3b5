"""Citations against the evidence that a gold set names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.datasets.gold import read
from eval.metrics.evidence import evidence_precision, evidence_recall, meets
from eval.records import CitedQuote, Evidence

CLAIM = "A militia, Saraya Awlia al-Dam, has claimed the Erbil attack, in which two people died."
CALL = "The prime minister and the president spoke on the telephone on Tuesday."


def quote(text: str, article: str = "a", number: int = 1) -> CitedQuote:
    return CitedQuote(number=number, article_id=article, quote=text)


def test_no_evidence_is_no_measure_and_no_citation_recalls_nothing() -> None:
    facts = ((Evidence("a", CLAIM),),)
    assert evidence_recall([quote(CLAIM)], ()) is evidence_precision([quote(CLAIM)], ()) is None
    assert evidence_recall([], facts) == 0
    assert evidence_precision([], facts) is None


@pytest.mark.parametrize(
    ("cited", "does"),
    [
        (CLAIM, True),
        (f"Something before. {CLAIM} {CALL}", True),  # the quote contains the sentence
        ("has claimed the Erbil attack", True),  # and the other way round
        (CLAIM.replace("-", "‑").replace(",", " ,").upper(), True),  # typography is no matter
        (f"claimed the Erbil attack, in which two people died. {CALL}", True),  # cut differently
        ("Saraya Awlia", False),  # a name proves nothing
        ("died", False),
        ("Nobody has claimed the Erbil attack so far, the police of the region said.", False),
        (CALL, False),
        ("In the Baghdad attack, as in the Erbil attack, two people died.", False),
        ("", False),
        ("…", False),
    ],
)
def test_a_quote_meets_a_sentence_of_its_article_by_a_run_of_words(cited: str, does: bool) -> None:
    assert meets(quote(cited), Evidence("a", CLAIM)) is does


def test_elsewhere_only_a_copy_meets() -> None:
    there = Evidence("elsewhere", CLAIM)
    assert meets(quote(CLAIM), there)
    assert meets(quote(f"{CALL} {CLAIM}"), there)
    assert not meets(quote(CLAIM.replace("two people", "two men")), there)
    assert meets(quote(CLAIM.replace("two people", "two men")), Evidence("a", CLAIM))
    assert not meets(quote("has claimed the Erbil attack"), there)
    assert not meets(quote("Two people were killed."), Evidence("b", "Two people were killed."))


def test_a_sentence_shorter_than_a_run_has_to_stand_whole() -> None:
    short = Evidence("a", "He denied it.")
    assert meets(quote("Asked again, he denied it."), short)
    assert not meets(quote("He denied that."), short)


def test_a_fact_is_recalled_by_any_of_its_sentences_and_every_fact_counts() -> None:
    facts = (
        (Evidence("a", CLAIM), Evidence("b", "Responsibility was claimed by an unknown group.")),
        (Evidence("a", CALL),),
    )
    other_wording = quote("Responsibility was claimed by an unknown group.", "b")
    beside = quote("Rockets are fired at bases now and then, as a rule at night.")
    assert evidence_recall([other_wording], facts) == 0.5
    assert evidence_recall([other_wording, quote(CALL)], facts) == 1
    assert evidence_precision([other_wording, quote(CALL), beside], facts) == pytest.approx(2 / 3)
    assert evidence_recall([beside], facts) == evidence_precision([beside], facts) == 0


def test_citing_the_gold_evidence_is_perfect() -> None:
    for case in read().cases:
        if case.evidence:
            quotes = [quote(fact[-1].quote, fact[-1].article) for fact in case.evidence]
            assert evidence_recall(quotes, case.evidence) == 1, case.id
            assert evidence_precision(quotes, case.evidence) == 1, case.id


texts = st.lists(st.sampled_from("a militia has claimed it, Erbil.".split()), max_size=12)


@given(st.lists(texts, max_size=3), st.lists(texts, max_size=3))
def test_shares_are_bounded_and_more_citations_recall_no_less(cited, named) -> None:
    quotes = [quote(" ".join(one)) for one in cited]
    facts = [[Evidence("a", " ".join(one))] for one in named]
    values = [evidence_recall(quotes[:count], facts) for count in range(len(quotes) + 1)]
    assert values == sorted(values) if facts else set(values) == {None}
    assert all(value is None or 0 <= value <= 1 for value in values)
