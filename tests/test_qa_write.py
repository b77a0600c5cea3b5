"""The answer in the sources' own words, with its citations, conflicts and sources."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Hit
from qa.config import ReaderConfig
from qa.independence import containment, group_copies, shingles
from qa.records import AbstainReason, Finding, Reading, Status
from qa.write import NOT_SAID, compose
from tests.findings import check_both_sides, found, written
from tests.passages import asked, hit

FERRY = "The ferry sank on Sunday, 12 May, off Marl. Divers found nobody. The owner is silent."


def test_a_sentence_verbatim_with_both_sides_of_its_citation() -> None:
    one = hit(FERRY, title="Ferry lost", offset=300)
    draft = written("When did the ferry sink?", found(one, "on Sunday, 12 May,"))
    assert draft.status is Status.ANSWERED
    assert draft.text == "The ferry sank on Sunday, 12 May, off Marl. [1]"
    (citation,) = draft.citations
    assert (citation.start, citation.end) == (300, 343)
    assert (citation.answer_start, citation.answer_end) == (0, 43)
    assert citation.title == "Ferry lost"
    assert draft.short_answer is not None
    assert draft.short_answer.text == "Sunday, 12 May"
    assert draft.short_answer.start == 300 + FERRY.index("Sunday")
    assert draft.short_answer.confidence == 0.9
    assert draft.independent_sources == 1
    check_both_sides(draft, [one])


def test_without_hits_or_findings_there_are_no_relevant_passages() -> None:
    one, question = hit(FERRY), asked("When did the ferry sink?")
    for reading, hits in ((Reading((found(one),), 0.9), []), (Reading(), [one])):
        draft = compose(question, reading, hits, ReaderConfig())
        assert draft.text == NOT_SAID
        assert draft.abstain_reason is AbstainReason.NO_RELEVANT_PASSAGES
        assert draft.citations == () and draft.short_answer is None


def test_thresholds_decide_between_answered_partial_and_abstained() -> None:
    one = found(hit("The ferry sank on 12 May."), "12 May")
    config = ReaderConfig(answered_confidence=0.6, partial_confidence=0.4)
    statuses = [
        written("When did the ferry sink?", one, confidence=confidence, config=config).status
        for confidence in (0.6, 0.59, 0.4, 0.39)
    ]
    assert statuses == [Status.ANSWERED, Status.PARTIAL, Status.PARTIAL, Status.ABSTAINED]


def test_a_sentence_without_the_words_asked_for_is_a_partial_answer() -> None:
    text = "One contractor was injured at the Marl base. The weather was fair."
    draft = written("Who was the contractor injured at the Marl base?", found(hit(text)))
    assert draft.status is Status.PARTIAL
    assert draft.short_answer is None
    assert draft.text == "One contractor was injured at the Marl base. [1]"


def test_a_pronoun_gets_its_name_in_brackets_and_the_quote_stays_verbatim() -> None:
    one = hit("Nouri al-Maliki spoke in Marl. He said that the attacks [sic] harm Iraq.", offset=9)
    draft = written("What harms Iraq?", found(one, "attacks"))
    assert draft.text == "He [Nouri al-Maliki] said that the attacks [sic] harm Iraq. [1]"
    assert draft.citations[0].quote == "He said that the attacks [sic] harm Iraq."
    assert len(draft.insertions) == 1
    check_both_sides(draft, [one])


@pytest.mark.parametrize("pronoun", ["The prime minister", "He"])
def test_a_pronoun_is_no_short_answer_but_the_name_it_means(pronoun: str) -> None:
    one = hit(f"Prime Minister Omar Reza spoke on Monday. {pronoun} called the rockets absurd.")
    draft = written("Who called the rockets absurd?", found(one, pronoun, sentence="absurd"))
    assert draft.short_answer is not None and draft.short_answer.text == "Omar Reza"
    assert "Omar Reza" in draft.citations[draft.short_answer.citation - 1].quote
    assert draft.text == (
        f"Prime Minister Omar Reza spoke on Monday. [1] {pronoun} called the rockets absurd. [2]"
    )
    check_both_sides(draft, [one])


def test_a_name_before_in_the_answer_needs_no_brackets() -> None:
    one = hit("Ana Lind won the vote. She thanked all of Marl.")
    draft = written(
        "What did Ana Lind do?", found(one, sentence="won"), found(one, sentence="thanked")
    )
    assert draft.insertions == ()
    assert draft.text == "Ana Lind won the vote. [1] She thanked all of Marl. [2]"


def test_where_no_name_is_clear_the_sentence_before_is_brought_along() -> None:
    one = hit("Ilse Brandt and Eva Hale spoke in Marl. She denied the theft. It rained.")
    draft = written("What was denied?", found(one, "the theft"))
    assert draft.text == "Ilse Brandt and Eva Hale spoke in Marl. She denied the theft. [1]"
    parted = hit("Ilse Brandt and Eva Hale spoke in Marl.\nShe denied the theft. It rained.")
    draft = written("What was denied?", found(parted, "the theft"))
    # One quote, so that the first citation holds the answer.
    assert [c.quote for c in draft.citations] == [
        "Ilse Brandt and Eva Hale spoke in Marl.\nShe denied the theft."
    ]
    check_both_sides(draft, [parted])


def test_a_second_sentence_that_leans_on_something_else_is_left_out() -> None:
    lead = hit("Twelve people were wounded in the Marl attack, the hospital said.", article="a")
    other = hit(
        "Kessel was shelled on Monday night. It was the second raid after the Marl attack, in "
        "which twelve people were wounded.",
        article="b",
    )
    draft = written(
        "How many people were wounded in the Marl attack?",
        found(lead, "Twelve"),
        found(other, "twelve"),
    )
    assert draft.text == f"{lead.passage.text} [1]"
    assert draft.independent_sources == 2


REASON = (
    "The embassy has defences. They did not fire on Monday. The reason is simple: the rockets "
    "were off course. It rained."
)


def test_why_gets_the_sentences_that_stand_together() -> None:
    one = hit(REASON)
    draft = written("Why did the defences not fire?", found(one, sentence="The reason"))
    assert "They did not fire on Monday. The reason is simple: the rockets" in draft.text
    check_both_sides(draft, [one])
    other = hit("The call came a day after the rockets.", article="b")
    with_span = found(one, "the rockets were off course")
    beside = found(other, "a day", answer=1)
    draft = written("Why did the defences not fire?", with_span, beside)
    assert draft.short_answer is None  # a reason is told in sentences
    assert draft.status is Status.ANSWERED
    assert len({citation.article_id for citation in draft.citations}) == 1
    draft = written("Why did the defences not fire?", found(one, sentence="They did"))
    assert draft.citations[0].quote.endswith("off course.")
    check_both_sides(draft, [one])


def test_sentences_of_other_paragraphs_are_quotes_of_their_own_and_three_are_the_most() -> None:
    one = hit("The dam broke. As a result it fell.\nThat is because it froze. Therefore, no more.")
    draft = written("Why did it fall?", found(one, sentence="As a result"))
    assert [c.quote for c in draft.citations] == [
        "The dam broke. As a result it fell.",
        "That is because it froze.",
    ]
    check_both_sides(draft, [one])


COPY = (
    "A little-known band, the Red Hand, has claimed the raid on Marl, in which two people died. "
    "The band is one of several that appear to be new in the region. Police doubt the claim."
)
WHO = "Who claimed the raid on Marl?"


def test_a_syndicated_copy_is_cited_once_and_counts_once() -> None:
    hits = [hit(COPY, article="a"), hit(COPY, article="b")]
    draft = written(WHO, *(found(one, "Red Hand") for one in hits))
    assert len(draft.citations) == 1
    assert draft.independent_sources == 1


def test_a_second_voice_for_a_fact_is_one_that_says_the_same_in_other_words() -> None:
    other = "The raid on Marl last week was claimed by the Red Hand, a spokesman said on the radio."
    third = "Some in the town think that the Blue Sun was behind the raid on Marl."
    hits = [
        hit(COPY, article="a"),
        hit(COPY, article="b"),
        hit(third, article="c"),
        hit(other, article="d"),
    ]
    draft = written(
        WHO,
        found(hits[0], "Red Hand"),
        found(hits[1], "Red Hand"),
        found(hits[2], "Blue Sun", answer=1, score=0.2),
        found(hits[3], "Red Hand"),
    )
    assert [one.article_id for one in draft.citations] == ["a", "d"]
    assert draft.independent_sources == 2
    assert draft.short_answer is not None and draft.short_answer.text == "Red Hand"
    check_both_sides(draft, hits)


SATURDAY = "Rockets were fired at Marl Air Base on Saturday, 11 May, in the north of the country."
SUNDAY = "One driver was hurt when rockets were fired at Marl Air Base on Sunday, officials said."
TWELFTH = "Nobody has claimed the rockets that were fired at Marl Air Base on 12 May."
WHEN = "When were rockets fired at Marl Air Base?"


def test_sources_that_disagree_on_the_day_are_both_shown() -> None:
    hits = [hit(SATURDAY, article="a"), hit(SUNDAY, article="b")]
    draft = written(WHEN, found(hits[0], "Saturday, 11 May"), found(hits[1], "Sunday", answer=1))
    (conflict,) = draft.conflicts
    values = {position.value: position.citations for position in conflict.positions}
    assert set(values) == {"Saturday, 11 May", "Sunday (2024-05-12)"}
    assert conflict.kind == "disagreement"
    for citations in values.values():
        assert len(citations) == 1
    assert SATURDAY in draft.text and SUNDAY in draft.text
    check_both_sides(draft, hits)


def test_a_weekday_and_its_date_agree() -> None:
    hits = [hit(SUNDAY, article="b"), hit(TWELFTH, article="c")]
    draft = written(WHEN, found(hits[0], "Sunday"), found(hits[1], "12 May", answer=1))
    assert draft.conflicts == ()
    assert draft.independent_sources == 2


def test_a_weekday_in_an_undated_article_contradicts_nothing() -> None:
    hits = [hit(SATURDAY, article="a"), hit(SUNDAY, article="b", published=None)]
    draft = written(WHEN, found(hits[0], "Saturday, 11 May"), found(hits[1], "Sunday", answer=1))
    assert draft.conflicts == ()


def test_copies_of_one_day_do_not_contradict_each_other() -> None:
    edited = SATURDAY.replace("Saturday, 11 May", "Sunday, 12 May")
    long = " The base lies in the plain and shelters most of the jets that the country owns."
    hits = [hit(SATURDAY + long * 2, article="a"), hit(edited + long * 2, article="b")]
    draft = written(WHEN, found(hits[0], "11 May"), found(hits[1], "12 May", answer=1))
    assert draft.conflicts == ()


def test_amounts_conflict_only_when_they_count_the_same() -> None:
    killed = hit("The blast in Marl killed two people, the mayor said.", article="a")
    more = hit("Three people were killed by the blast in Marl, said the hospital.", article="b")
    hurt = hit("The blast in Marl wounded twelve people.", article="c")
    question = "How many people were killed in Marl?"
    draft = written(question, found(killed, "two"), found(more, "Three", answer=1))
    assert {position.value for c in draft.conflicts for position in c.positions} == {"two", "Three"}
    draft = written(question, found(killed, "two"), found(hurt, "twelve", answer=1))
    assert draft.conflicts == ()
    assert draft.short_answer is not None and draft.short_answer.text == "two"


def test_copies_are_grouped_by_shared_runs_of_words() -> None:
    assert shingles("") == frozenset()
    assert containment(shingles("one two"), shingles("")) == 0.0
    assert group_copies([COPY, "Something else entirely happened here today.", COPY[:120]]) == [
        0,
        1,
        0,
    ]


ARTICLES = [
    FERRY,
    COPY,
    SATURDAY,
    SUNDAY,
    TWELFTH,
    REASON,
    "She said so.\nIt is \U0001f600.",
    "Ana Lind [1] met “Omar Reza”, the mayor. “No,” he [sic] said. He\x1b[2J left. [2]",
    "Kataib Hezbollah and the Red Hand <b>deny</b> it. They said: [Ana Lind] did.",
]


@st.composite
def readings(draw: st.DrawFn) -> tuple[list[Hit], Reading]:
    """Findings on any sentences, with spans anywhere in them."""
    published = st.none() | st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1))
    texts = draw(st.lists(st.sampled_from(ARTICLES), min_size=1, max_size=5))
    hits = [
        hit(text, article=str(n), offset=11 * n, published=draw(published))
        for n, text in enumerate(texts)
    ]
    findings = []
    for _ in range(draw(st.integers(1, 6))):
        one = draw(st.sampled_from(hits))
        start, end = draw(st.sampled_from(one.passage.sentences))
        span = None
        if draw(st.booleans()):
            left = draw(st.integers(start, end - 1))
            span = left, draw(st.integers(left + 1, end))
        score = draw(st.sampled_from([0.1, 0.5, 0.5, 0.9]))
        support = draw(st.sampled_from([0.0, 0.5, 0.9]))
        number = draw(st.integers(0, 2))
        findings.append(Finding(one, start, end, support, span, score if span else 0.0, number))
    return hits, Reading(tuple(findings), 0.8)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(
        ["Who ", "When ", "Where ", "How many ", "Which men ", "Why ", "Did ", "How ", "Who were "]
    ),
    rest=st.sampled_from(
        ["rockets at Marl?", "the ferry sink?", "She", "claimed the raid?", "[1]"]
    ),
    made=readings(),
)
def test_every_citation_has_both_sides(kind: str, rest: str, made: tuple) -> None:
    hits, reading = made
    config = ReaderConfig(answered_confidence=0.02, partial_confidence=0.01)
    draft = compose(asked(kind + rest), reading, hits, config)
    check_both_sides(draft, hits)
    for conflict in draft.conflicts:
        assert len(conflict.positions) > 1
        assert all(position.citations for position in conflict.positions)


@pytest.mark.parametrize(
    "piece", ["a", "A-", "Ab, ", "(", "“", "’", "He ", "not ", "12, ", "Ab, who "]
)
@pytest.mark.parametrize("question", ["Who fired?", "Which men fell?", "How many fell?", "Did Ab?"])
def test_a_sentence_without_end_is_quoted_as_it_is(piece: str, question: str) -> None:
    one = hit(f"Ana Lind spoke. He {piece * 4000}fired it by Ab")
    places = one.passage.sentences
    findings = [
        Finding(one, start, end, 0.9, (start + size, end), 0.5, number)
        for number, (start, end) in enumerate(places[:3])
        for size in (0, (end - start) // 2)
    ]
    draft = written(question, *findings)
    check_both_sides(draft, [one])


@pytest.mark.parametrize("article", ARTICLES)
def test_an_answer_adds_nothing_but_names_numbers_and_its_verdict(article: str) -> None:
    one = hit(article)
    findings = [
        Finding(one, start, end, 0.9, None, 0.0) for start, end in one.passage.sentences[:3]
    ]
    for question in ("What happened?", "Did it?", "Why was it?"):
        draft = written(question, *findings)
        rest = draft.text
        for citation in reversed(draft.citations):
            rest = rest[: citation.answer_start] + rest[citation.answer_end :]
        for word in ("Yes.", "No.", "Unclear."):
            rest = rest.removeprefix(word)
        numbers = " ".join(f"[{n}]" for n in range(1, len(draft.citations) + 1))
        assert rest.split() == numbers.split()
