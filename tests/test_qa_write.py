"""The answer in the sources' own words, with its citations, conflicts and sources."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.config import ReaderConfig
from qa.independence import containment, group_copies, shingles
from qa.records import AbstainReason, Finding, Reading, Status
from qa.write import NOT_SAID, Draft, compose
from tests.passages import answer, asked, hit, source_of

FERRY = "The ferry sank on Sunday, 12 May, off Marl. Divers found nobody. The owner is silent."


def check_both_sides(draft: Draft, hits: list) -> None:
    for number, citation in enumerate(draft.citations, 1):
        assert citation.number == number
        assert source_of(draft, number, hits) == citation.quote
        assert draft.text[citation.answer_start : citation.answer_end] == citation.quote
        assert draft.text[citation.answer_end :].startswith(f" [{number}]")
        assert citation.verification == "verbatim"
    short = draft.short_answer
    if short is not None:
        cited = draft.citations[short.citation - 1]
        assert cited.start <= short.start < short.end <= cited.end
        assert cited.quote[short.start - cited.start : short.end - cited.start] == short.text


def test_a_sentence_verbatim_with_both_sides_of_its_citation() -> None:
    hits = [hit(FERRY, title="Ferry lost", offset=300)]
    draft = answer("When did the ferry sink?", *hits)
    assert draft.status is Status.ANSWERED
    assert draft.text == "The ferry sank on Sunday, 12 May, off Marl. [1]"
    (citation,) = draft.citations
    assert (citation.start, citation.end) == (300, 343)
    assert (citation.answer_start, citation.answer_end) == (0, 43)
    assert citation.title == "Ferry lost"
    assert draft.short_answer is not None
    assert draft.short_answer.text == "Sunday, 12 May"
    assert draft.short_answer.start == 300 + FERRY.index("Sunday")
    assert draft.independent_sources == 1
    check_both_sides(draft, hits)


def test_who_claimed_the_erbil_attack() -> None:
    text = (
        "An unknown group by the name of Saraya Awlia al-Dam (Guardians of Blood Brigades) claimed "
        "responsibility for the Erbil attack."
    )
    draft = answer("who claimed the Erbil attack?", hit(text))
    assert draft.text == f"{text} [1]"
    assert draft.short_answer is not None and draft.short_answer.text == "Saraya Awlia al-Dam"


@pytest.mark.parametrize(
    "question",
    ["Who stole the painting?", "When did the bridge open?", "How many rockets hit Kessel?"],
)
def test_what_the_articles_do_not_say_is_not_answered(question: str) -> None:
    draft = answer(question, hit(FERRY))
    assert draft.status is Status.ABSTAINED
    assert draft.abstain_reason in (AbstainReason.LOW_SUPPORT, AbstainReason.NO_RELEVANT_PASSAGES)
    assert draft.text == NOT_SAID
    assert draft.citations == () and draft.short_answer is None


def test_without_hits_there_are_no_relevant_passages() -> None:
    draft = answer("When did the ferry sink?")
    assert draft.abstain_reason is AbstainReason.NO_RELEVANT_PASSAGES


def test_a_sentence_without_the_words_asked_for_is_a_partial_answer() -> None:
    text = "One contractor was injured at the Marl base. The weather was fair."
    draft = answer("Who was the contractor injured at the Marl base?", hit(text))
    assert draft.status is Status.PARTIAL
    assert draft.short_answer is None
    assert draft.text.startswith("One contractor was injured")


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    one_paragraph = "Ilse Brandt spoke in Marl. She denied the theft of the town's gold. It rained."
    draft = answer("Who denied the theft of the gold?", hit(one_paragraph))
    assert draft.citations[0].quote.startswith("Ilse Brandt spoke in Marl. She denied")
    parted = one_paragraph.replace(". She", ".\nShe")
    hits = [hit(parted)]
    draft = answer("Who denied the theft of the gold?", *hits)
    assert [c.quote for c in draft.citations] == [
        "Ilse Brandt spoke in Marl.",
        "She denied the theft of the town's gold.",
    ]
    check_both_sides(draft, hits)


def test_a_second_sentence_that_leans_on_something_else_is_left_out() -> None:
    lead = "Twelve people were wounded in the Marl attack, the hospital said."
    other = (
        "Kessel was shelled on Monday night. It was the second raid after the Marl attack, in "
        "which twelve people were wounded."
    )
    hits = [hit(lead, article="a"), hit(other, article="b")]
    draft = answer("How many people were wounded in the Marl attack?", *hits)
    assert draft.text == f"{lead} [1]"
    assert draft.independent_sources == 2


COPY = (
    "A little-known band, the Red Hand, has claimed the raid on Marl, in which two people died. "
    "The band is one of several that appear to be new in the region. Police doubt the claim."
)


def test_a_syndicated_copy_is_cited_once_and_counts_once() -> None:
    hits = [hit(COPY, article="a"), hit(COPY, article="b")]
    draft = answer("Who claimed the raid on Marl?", *hits)
    assert len(draft.citations) == 1
    assert draft.independent_sources == 1


def test_independent_articles_that_agree_are_counted() -> None:
    other = "The raid on Marl last week was claimed by the Red Hand, a spokesman said on the radio."
    hits = [hit(COPY, article="a"), hit(COPY, article="b"), hit(other, article="c")]
    draft = answer("Who claimed the raid on Marl?", *hits)
    assert draft.independent_sources == 2
    assert draft.short_answer is not None and "Red Hand" in draft.short_answer.text
    check_both_sides(draft, hits)


SATURDAY = "Rockets were fired at Marl Air Base on Saturday, 11 May, in the north of the country."
SUNDAY = "One driver was hurt when rockets were fired at Marl Air Base on Sunday, officials said."
TWELFTH = "Nobody has claimed the rockets that were fired at Marl Air Base on 12 May."


def test_sources_that_disagree_on_the_day_are_both_shown() -> None:
    hits = [hit(SATURDAY, article="a"), hit(SUNDAY, article="b")]
    draft = answer("When were rockets fired at Marl Air Base?", *hits)
    (conflict,) = draft.conflicts
    values = {position.value: position.citations for position in conflict.positions}
    assert set(values) == {"Saturday, 11 May", "Sunday (2024-05-12)"}
    for citations in values.values():
        assert len(citations) == 1
    assert SATURDAY in draft.text and SUNDAY in draft.text
    check_both_sides(draft, hits)


def test_a_weekday_and_its_date_agree() -> None:
    hits = [hit(SUNDAY, article="b"), hit(TWELFTH, article="c")]
    draft = answer("When were rockets fired at Marl Air Base?", *hits)
    assert draft.conflicts == ()
    assert draft.independent_sources == 2


def test_a_weekday_in_an_undated_article_contradicts_nothing() -> None:
    hits = [hit(SATURDAY, article="a"), hit(SUNDAY, article="b", published=None)]
    assert answer("When were rockets fired at Marl Air Base?", *hits).conflicts == ()


def test_copies_do_not_contradict_each_other() -> None:
    edited = SATURDAY.replace("Saturday, 11 May", "Sunday, 12 May")
    long = " The base lies in the plain and shelters most of the jets that the country owns."
    hits = [hit(SATURDAY + long * 2, article="a"), hit(edited + long * 2, article="b")]
    assert answer("When were rockets fired at Marl Air Base?", *hits).conflicts == ()


def test_amounts_conflict_only_when_they_count_the_same() -> None:
    killed = "The blast in Marl killed two people, the mayor said."
    more = "Three people were killed by the blast in Marl, said the hospital."
    hurt = "The blast in Marl wounded twelve people."
    draft = answer("How many people were killed in Marl?", hit(killed), hit(more, article="b"))
    assert {position.value for c in draft.conflicts for position in c.positions} == {"two", "Three"}
    draft = answer("How many people were killed in Marl?", hit(killed), hit(hurt, article="b"))
    assert draft.conflicts == ()
    assert draft.short_answer is not None and draft.short_answer.text == "two"


def test_thresholds_decide_between_answered_partial_and_abstained() -> None:
    (only,) = hits = [hit("The ferry sank on 12 May.")]
    found = Finding(only, 0, 25, support=0.9, span=(18, 24), span_score=0.9)
    config = ReaderConfig(answered_confidence=0.6, partial_confidence=0.4)
    question = asked("When did the ferry sink?")
    statuses = [
        compose(question, Reading((found,), confidence), hits, config).status
        for confidence in (0.6, 0.59, 0.4, 0.39)
    ]
    assert statuses == [Status.ANSWERED, Status.PARTIAL, Status.PARTIAL, Status.ABSTAINED]


def test_copies_are_grouped_by_shared_runs_of_words() -> None:
    assert shingles("") == frozenset()
    assert containment(shingles("one two"), shingles("")) == 0.0
    assert group_copies([COPY, "Something else entirely happened here today.", COPY[:120]]) == [
        0,
        1,
        0,
    ]


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["Who ", "When ", "Where ", "How many ", "Which ", "Why ", "Did "]),
    chosen=st.lists(
        st.sampled_from(
            [FERRY, COPY, SATURDAY, SUNDAY, TWELFTH, "She said so.\nIt is \U0001f600."]
        ),
        min_size=1,
        max_size=5,
    ),
    question=st.sampled_from(["rockets at Marl?", "the ferry sink?", "She", "claimed the raid?"]),
    published=st.none() | st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1)),
)
def test_every_citation_has_both_sides(
    kind: str, chosen: list[str], question: str, published: date | None
) -> None:
    hits = [
        hit(text, article=str(n), offset=11 * n, published=published)
        for n, text in enumerate(chosen)
    ]
    config = ReaderConfig(answered_confidence=0.02, partial_confidence=0.01)
    check_both_sides(answer(kind + question, *hits, config=config), hits)
