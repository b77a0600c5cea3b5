"""From passages to answers, best first, and how sure: the trained reader over a fake model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Hit, Passage
from qa.calibrate import Calibration
from qa.config import FAST, ReaderConfig
from qa.listen import Check, never
from qa.read import TrainedReader
from qa.reader_model import TokenScores
from qa.records import Finding, Reading, Status
from tests.fakes import FakeModel
from tests.passages import CALIBRATION, answer, asked, hit, reader

CLAIM = (
    "A rocket attack shook the city of Erbil. An unknown group by the name of Saraya Awlia al-Dam "
    "(Guardians of Blood Brigades) claimed responsibility for the Erbil attack. Talks go on."
)
WHO = "Who claimed the Erbil attack?"
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Told:
    """A model that is told where it finds what: for each text, its logit and its answers'.

    Implements `qa.read.Model`. The answers are texts with the logit of their first and last token.
    """

    name = "told"

    def __init__(self, *said: tuple[float, dict[str, float]]) -> None:
        self._said = said
        self.read = 0

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]:
        self.read = len(texts)
        return [
            self._scored(text, *said)
            for (_, text), said in zip(texts, self._said[: len(texts)], strict=True)
        ]

    def _scored(self, text: str, answers: float, found: dict[str, float]) -> TokenScores:
        offsets = [one.span() for one in _TOKEN.finditer(text)]
        starts, ends = np.zeros((2, len(offsets)), np.float32)
        for words, logit in found.items():
            at = text.index(words)
            starts[[start for start, _ in offsets].index(at)] = logit
            ends[[end for _, end in offsets].index(at + len(words))] = logit
        return TokenScores(starts, ends, answers, offsets, 0.0)


def read(
    said: Sequence[tuple[float, dict[str, float]]],
    hits: Sequence[Hit],
    question: str = "Who closed the ferry line?",
    config: ReaderConfig | None = None,
) -> Reading:
    return TrainedReader(Told(*said), config, CALIBRATION).read(asked(question), hits)


def words_of(finding: Finding) -> str | None:
    if finding.span is None:
        return None
    passage = finding.hit.passage
    return passage.text[finding.span[0] - passage.start : finding.span[1] - passage.start]


def shown(reading: Reading) -> list[tuple[int, str | None]]:
    return [(one.answer, words_of(one)) for one in reading.findings]


LIND = "Mayor Ada Lind closed the ferry line."
AGAIN = "The ferry line was closed by Lind."
MANN = "Otto Mann closed the ferry line."


def test_the_answer_its_sentence_and_its_places() -> None:
    best = reader().read(asked(WHO), [hit(CLAIM, offset=1200)]).findings[0]
    assert words_of(best) == "Saraya Awlia al-Dam"
    assert best.start == 1200 + CLAIM.index("An unknown")
    assert best.end == 1200 + CLAIM.index(" Talks")
    assert best.span is not None and best.span[0] == 1200 + CLAIM.index("Saraya")
    assert best.answer == 0
    assert 0.5 < best.support <= 1


def test_no_hits_are_an_empty_reading_and_the_model_is_not_asked() -> None:
    model = FakeModel()
    assert TrainedReader(model).read(asked("who?"), []) == Reading()
    assert model.questions == []


def test_texts_without_words_answer_nothing() -> None:
    hits = [
        Hit(Passage(f"p{n}", "a", 0, 3, text), 1.0) for n, text in enumerate([" \n ", "…,.", ""])
    ]
    reading = read([(9.0, {})] * 3, hits)
    assert reading.findings == ()
    assert reading.confidence == 0.0
    assert {one.passage.id for one in reading.passages} == {"p0", "p1", "p2"}


def test_a_passage_without_sentences_is_one_sentence() -> None:
    text = "  The ferry sank on 12 May.\n"
    one = Hit(Passage("p", "a", 10, 10 + len(text), text), 1.0)
    found = reader().read(asked("When did the ferry sink?"), [one]).findings[0]
    assert (found.start, found.end) == (12, 10 + len(text.rstrip()))
    assert words_of(found) == "12 May"


def test_an_answer_that_several_passages_give_outweighs_a_likelier_single_one() -> None:
    hits = [hit(MANN, article="a"), hit(LIND, article="b"), hit(AGAIN, article="c")]
    said = [(2.0, {"Otto Mann": 9}), (1.7, {"Ada Lind": 9}), (1.6, {"Lind": 9})]
    reading = read(said, hits)
    assert shown(reading)[:3] == [(0, "Ada Lind"), (0, "Lind"), (1, "Otto Mann")]
    assert reading.findings[0].span_score > reading.findings[2].span_score
    assert shown(read(said[:2], hits[:2]))[0] == (0, "Otto Mann")


def test_answers_share_one_probability() -> None:
    hits = [hit(MANN, article="a"), hit(LIND, article="b")]
    reading = read([(1.0, {"Otto Mann": 5}), (1.0, {"Ada Lind": 5})], hits)
    of = {one.answer: one.span_score for one in reading.findings}
    assert 0.9 < sum(of.values()) <= 1 + 1e-9
    for one in reading.findings:
        assert one.span_score == of[one.answer]
        assert type(one.span_score) is type(one.support) is float


def test_a_sentence_stands_once_for_an_answer() -> None:
    text = "Ada Lind, mayor Lind to most, closed the ferry line."
    reading = read([(3.0, {"Ada Lind": 8, "Lind to": 7})], [hit(text)])
    keys = [(one.answer, one.start) for one in reading.findings]
    assert len(keys) == len(set(keys))


def test_overlapping_passages_of_one_article_do_not_count_a_sentence_twice() -> None:
    whole = f"{LIND} It rained."
    hits = [hit(whole), replace(hit(whole), passage=replace(hit(whole).passage, id="again"))]
    reading = read([(3.0, {"Ada Lind": 9})] * 2, hits)
    assert [one.answer for one in reading.findings].count(0) == 1


def test_passages_come_in_the_readers_order_every_hit_once() -> None:
    hits = [hit(f"{LIND} Number {n}.", article=f"a{n}") for n in range(5)]
    config = ReaderConfig(passages=3)
    reading = read([(-2.0, {}), (4.0, {}), (1.0, {}), (9.0, {}), (9.0, {})], hits, config=config)
    assert [one.passage.article_id for one in reading.passages] == ["a1", "a2", "a0", "a3", "a4"]
    assert [one.passage for one in reading.passages[3:]] == [one.passage for one in hits[3:]]
    told = [one.parts.get("reader") for one in reading.passages]
    assert told[:3] == sorted(told[:3], reverse=True)
    assert all(0 < one < 1 for one in told[:3])
    assert told[3:] == [None, None]
    assert all(one.parts["dense"] == 0.5 for one in reading.passages)
    assert {one.hit.passage.article_id for one in reading.findings} <= {"a0", "a1", "a2"}


def test_no_more_passages_are_read_than_the_setting_says() -> None:
    hits = [hit(LIND, article=f"a{n}") for n in range(30)]
    for config in (FAST, ReaderConfig()):
        model = Told(*[(1.0, {"Ada Lind": 5})] * 30)
        TrainedReader(model, config, CALIBRATION).read(asked("Who closed it?"), hits)
        assert model.read == config.passages < 30
    assert FAST.passages < ReaderConfig().passages


def test_retrieval_decides_between_passages_that_read_alike() -> None:
    far, near = (
        replace(hit(LIND, article="a"), score=0.2),
        replace(hit(MANN, article="b"), score=0.9),
    )
    reading = read([(1.0, {"Ada Lind": 9}), (1.0, {"Otto Mann": 9})], [far, near])
    assert words_of(reading.findings[0]) == "Otto Mann"
    assert reading.passages[0].passage.article_id == "b"
    config = ReaderConfig(retrieval_weight=0.0)
    reading = read([(1.1, {"Ada Lind": 9}), (1.0, {"Otto Mann": 9})], [far, near], config=config)
    assert words_of(reading.findings[0]) == "Ada Lind"


def test_ties_go_to_the_earlier_hit_every_time() -> None:
    texts = ["Ada Lind did it.", "Otto Mann did it.", "Ilse Brandt did it."]
    hits = [hit(text, article=str(n)) for n, text in enumerate(texts)]
    said = [(1.0, {text.removesuffix(" did it."): 6}) for text in texts]
    first = read(said, hits)
    assert first == read(said, hits)
    assert [one.passage for one in first.passages] == [one.passage for one in hits]
    assert len({words_of(one) for one in first.findings[:3]}) == 3


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_passage_whose_logit_is_no_number_is_read_last(odd: float) -> None:
    hits = [hit(MANN, article="a"), hit(LIND, article="b")]
    reading = read([(odd, {"Otto Mann": 9}), (-3.0, {"Ada Lind": 9})], hits)
    assert words_of(reading.findings[0]) == "Ada Lind"
    assert [one.passage.article_id for one in reading.passages] == ["b", "a"]
    assert reading.passages[1].parts["reader"] < 1e-9
    assert all(np.isfinite([one.support, one.span_score]).all() for one in reading.findings)
    assert reading.confidence < 0.1
    alone = read([(odd, {"Otto Mann": 9})], hits[:1])
    assert alone.confidence < 1e-9
    assert all(one.support < 1e-9 for one in alone.findings)


def test_words_whose_logits_are_no_number_are_no_answer() -> None:
    hits = [hit(MANN, article="a"), hit(LIND, article="b")]
    reading = read([(1.0, {"Otto Mann": np.nan}), (1.0, {"Ada Lind": 9})], hits)
    assert words_of(reading.findings[0]) == "Ada Lind"
    assert "Otto Mann" not in {words_of(one) for one in reading.findings}


def test_the_form_asked_for_is_evidence() -> None:
    text = "The divers came from Marl. They raised twelve cars."
    said = [(3.0, {"Marl": 6.2, "twelve": 6})]
    assert words_of(read(said, [hit(text)], "How many cars?").findings[0]) == "twelve"
    assert words_of(read(said, [hit(text)], "Which town?").findings[0]) == "Marl"


def test_a_reading_keeps_no_more_findings_than_it_may_and_shows_who_contradicts() -> None:
    texts = [f"Ada Lind closed the ferry line, said paper {n}." for n in range(9)] + [MANN]
    hits = [hit(text, article=f"a{n}") for n, text in enumerate(texts)]
    said = [(2.0, {"Ada Lind": 9})] * 9 + [(2.0, {"Otto Mann": 9})]
    config = ReaderConfig(max_findings=6, findings_per_answer=4, spans_per_passage=1)
    reading = read(said, hits, config=config)
    assert [one.answer for one in reading.findings] == [0, 0, 0, 0, 1]
    assert shown(reading)[-1] == (1, "Otto Mann")
    others = [hit(f"{name} did it.", article=name) for name in ("Ben Orr", "Cid Fay", "Dan Low")]
    told = [(1.9, {one.passage.article_id: 9}) for one in others]
    reading = read([*said, *told], [*hits, *others], config=config)
    assert [one.answer for one in reading.findings] == [0, 0, 0, 0, 1, 2]
    alone = read(said[:9], hits[:9], config=config)
    assert [one.answer for one in alone.findings] == [0] * 4


def test_confidence_is_the_calibrations_of_what_was_found() -> None:
    hits = [hit(LIND, article="a"), hit(MANN, article="b")]
    said = [(2.0, {"Ada Lind": 9}), (-1.0, {"Otto Mann": 9})]
    assert read(said, hits).confidence == pytest.approx(1 / (1 + np.exp(-2.0)))
    lead = TrainedReader(Told(*said), None, Calibration({"lead": 1.0}, 0.0))
    assert 0.5 < lead.read(asked("Who closed it?"), hits).confidence < 1 / (1 + np.exp(-1.0))


def test_what_a_reading_finds_does_not_depend_on_what_else_is_read_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    one = reader()
    hits = [hit(CLAIM), hit("The Erbil attack killed two people on May 3.", article="b")]
    expected = one.read(asked(WHO), hits)
    with ThreadPoolExecutor(4) as pool:
        assert all(
            found == expected for found in pool.map(lambda _: one.read(asked(WHO), hits), range(8))
        )


HOSTILE = [
    "",
    "   ",
    "\x00\x01",
    "\ud800",
    "<script>alert(1)</script>",
    "[SEP] [CLS] [1]",
    "運河の水門",
    "من أعلن؟",
    "a" * 3000,
    "?!",
    "\u202eevil",
    "1e309 NaN inf",
]


@pytest.mark.parametrize("odd", HOSTILE)
def test_odd_questions_titles_and_texts(odd: str) -> None:
    hits = [hit(odd, article="odd", title=odd), hit(f"{LIND} {odd}", article="b", title=odd)]
    reading = reader().read(asked(f"who {odd}"), hits)
    check(reading, hits)
    check(reader().read(asked(odd), hits), hits)


@settings(max_examples=60, deadline=None)
@given(
    question=st.text(max_size=80),
    texts=st.lists(st.text(min_size=1, max_size=200), max_size=4),
    kind=st.sampled_from(["Who ", "When ", "Where ", "How many ", "Which ", "Why ", ""]),
    published=st.none() | st.dates(min_value=date(1, 1, 1)),
)
def test_any_text_is_read_and_every_offset_is_inside(
    question: str, texts: list[str], kind: str, published: date | None
) -> None:
    hits = [
        hit(text, article=str(n), offset=7 * n, published=published) for n, text in enumerate(texts)
    ]
    check(reader().read(asked(kind + question), hits), hits)


def check(reading: Reading, hits: Sequence[Hit]) -> None:
    """What is true of every reading."""
    assert 0.0 <= reading.confidence <= 1.0
    assert sorted(one.passage.id for one in reading.passages) == sorted(h.passage.id for h in hits)
    assert sum({one.answer: one.span_score for one in reading.findings}.values()) <= 1 + 1e-9
    numbers = [one.answer for one in reading.findings]
    assert numbers == sorted(numbers)
    for finding in reading.findings:
        passage = finding.hit.passage
        assert passage.start <= finding.start < finding.end <= passage.end
        assert 0.0 <= finding.support <= 1.0
        assert 0.0 <= finding.span_score <= 1.0
        assert finding.span is not None
        assert finding.start <= finding.span[0] < finding.span[1] <= finding.end
        if passage.sentences:
            assert (finding.start, finding.end) in passage.sentences


@pytest.mark.parametrize(
    "question",
    ["Who won the football match?", "How much did Orsen pay Kessel?", "Which bird was replaced?"],
)
def test_what_no_passage_says_is_not_answered(question: str) -> None:
    draft = answer(question, hit(CLAIM))
    assert draft.status is Status.ABSTAINED
    assert draft.short_answer is None and draft.citations == ()


def test_the_question_itself_is_no_answer() -> None:
    question = "Which bird was replaced by a dog?"
    assert answer(question, hit(question)).status is Status.ABSTAINED


@pytest.mark.parametrize("change", [str, str.upper, str.lower])
def test_the_whole_way_to_the_answer(change: Callable[[str], str]) -> None:
    draft = answer(change(WHO), hit(CLAIM, offset=5))
    assert draft.status is Status.ANSWERED
    assert draft.short_answer is not None
    assert draft.short_answer.text == "Saraya Awlia al-Dam"
    assert draft.citations[0].quote.startswith("An unknown group")
