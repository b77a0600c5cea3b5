"""What else a follow-up may mean is tried where its likeliest meaning is not answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.answer import Answerer
from qa.config import ReaderConfig
from qa.errors import AskerLeft
from qa.follow_up import FollowUps
from qa.listen import never
from qa.records import PastTurn, Question, Reading, Status
from qa.retrieve import Retriever
from tests.fakes import FakeEmbedder
from tests.passages import reader
from tests.test_qa_answer import answerer, store  # noqa: F401
from tests.test_qa_listen import Ear

ABOUT_A_FIRE = PastTurn(
    "who started the Velden fire?",
    "who started the Velden fire?",
    "Red Lantern started the Velden fire. [1]",
    ("Red Lantern",),
)
CLOSED = Question("who closed the line?", as_of=date(2024, 6, 1), history=(ABOUT_A_FIRE,))


class BlindTo:
    """A reader that finds nothing for questions that hold a word; `asked` are all it read for."""

    name = "blind"

    def __init__(self, word: str) -> None:
        self._reader, self._word = reader(), word
        self.asked: list[str] = []

    def read(self, question, hits, check=never) -> Reading:
        check()
        self.asked.append(question.text)
        return Reading() if self._word in question.text else self._reader.read(question, hits)


def follow_ups(store, reader) -> FollowUps:  # noqa: F811
    return FollowUps(Retriever(store, FakeEmbedder()), reader, ReaderConfig())


def test_the_articles_decide_between_meanings_and_the_last_search_counts(store) -> None:  # noqa: F811
    blind, ear = BlindTo("Velden"), Ear()
    answer = answerer(store, blind).ask(CLOSED, ear)
    assert blind.asked[0] == "who closed the line in the Velden fire?"
    assert answer.standalone_question == "who closed the line?"
    assert answer.status is Status.ANSWERED
    assert answer.short_answer is not None and "Ada Lind" in answer.short_answer.text
    assert [one.query for one in ear.of("found")] == [blind.asked[0], "who closed the line?"]
    assert "".join(ear.of("wrote")) == answer.text


def test_where_the_likeliest_is_answered_no_other_is_read(store) -> None:  # noqa: F811
    told = PastTurn("why did Ada Lind resign?", "why did Ada Lind resign?", "", ())
    asked = replace(CLOSED, text="who closed the Oldport ferry line?", history=(told,))
    blind = BlindTo("nothing")
    assert answerer(store, blind).ask(asked).status is Status.ANSWERED
    assert len(set(blind.asked)) == 1


def test_a_meaning_must_be_surer_than_what_there_is(store) -> None:  # noqa: F811
    found = follow_ups(store, BlindTo("Velden"))
    ways = ["who closed the line in Velden?", "who closed the Oldport ferry line?"]
    assert found.surest(CLOSED, ways, 0.3, never) == ways[1]
    assert found.surest(CLOSED, ways, 1.0, never) is None
    assert found.surest(CLOSED, ways[:1], 0.0, never) is None
    assert found.surest(CLOSED, [], 0.0, never) is None


def test_who_has_left_is_not_read_for(store) -> None:  # noqa: F811
    def left() -> None:
        raise AskerLeft("gone")

    blind = BlindTo("nothing")
    with pytest.raises(AskerLeft):
        follow_ups(store, blind).surest(CLOSED, ["who closed the ferry line?"], 0.0, left)
    assert blind.asked == []


def test_a_name_typed_small_is_written_as_the_passages_write_it(store) -> None:  # noqa: F811
    asked = replace(CLOSED, text="who closed the oldport line?")
    assert follow_ups(store, reader()).ways(asked, [ABOUT_A_FIRE])[0] == (
        "who closed the Oldport line?"
    )


def test_a_language_model_that_condenses_is_asked_alone(store) -> None:  # noqa: F811
    def condense(text: str, history) -> str:
        return f"{text} of {history[-1].short_answers[0]}"

    config, blind = ReaderConfig(), BlindTo("who")
    asking = Answerer(store, Retriever(store, FakeEmbedder()), blind, config, condense)
    answer = asking.ask(CLOSED)
    assert answer.standalone_question == "who closed the line? of Red Lantern"
    assert set(blind.asked) == {answer.standalone_question}
