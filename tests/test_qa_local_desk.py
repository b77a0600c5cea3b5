"""The service over a real data folder: ask, add, list, read, withdraw."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.records import Filters
from qa.errors import (
    AskerLeft,
    BadConfiguration,
    ConversationFull,
    ConversationNotFound,
    ConversationsNotKept,
    TooManyConversations,
)
from qa.journal import kept_answers
from qa.local_desk import LocalDesk
from qa.records import Answer, Citation, PastTurn, Question, SearchResult
from qa.service import create_app
from qa.settings import Settings
from tests.llm_server import llm_server, says
from tests.serving import wait_until

DAY = date(2021, 2, 24)
QUESTION = {"question": "who claimed the Erbil attack?", "as_of": "2021-02-24"}


@pytest.fixture
def client(sample: Path):
    settings = Settings(data=sample)
    with TestClient(create_app(lambda: LocalDesk.open(settings, "a test"))) as client:
        wait_until(lambda: client.get("/health/ready").status_code == 200)
        yield client


def test_an_answer_has_the_shape_and_the_proof_of_the_design(client: TestClient) -> None:
    answer = client.post("/ask", json=QUESTION).json()
    assert answer["status"] == "answered"
    assert answer["abstain_reason"] is None
    assert answer["short_answer"]["text"] == "Saraya Awlia al-Dam"
    assert answer["engine"] == "reader"
    assert {"retrieve", "read", "total"} <= answer["timings_ms"].keys()
    for citation in answer["citations"]:
        article = client.get(f"/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        shown = answer["text"][citation["answer_start"] : citation["answer_end"]]
        assert shown == citation["quote"]
        assert citation["verification"] == "verbatim"
        assert citation["title"] == article["title"]
    short = answer["short_answer"]
    cited = answer["citations"][short["citation"] - 1]["article_id"]
    text = client.get(f"/articles/{cited}").json()["text"]
    assert text[short["start"] : short["end"]] == short["text"]


def test_an_article_added_is_found_at_once_and_one_withdrawn_no_more(client: TestClient) -> None:
    article = {
        "title": "Ferry to Oldport halted",
        "text": "The ferry to Oldport was halted on Monday after a storm broke its ramp. "
        "Harbour master Ada Lind said that repairs would take two weeks.",
        "source": "Island Gazette",
        "published": "2021-02-23",
    }
    question = {"question": "who is the harbour master of Oldport?", "as_of": "2021-02-24"}
    assert client.post("/ask", json=question).json()["status"] == "abstained"
    added = client.post("/articles", json=article)
    assert (added.status_code, added.json()["outcome"]) == (201, "added")
    again = client.post("/articles", json=article)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    found = client.post("/ask", json=question).json()
    assert found["citations"][0]["source"] == "Island Gazette"
    assert "Ada Lind" in found["text"]
    address = f"/articles/{added.json()['id']}"
    assert client.delete(address).status_code == 204
    gone = client.post("/ask", json=question).json()
    assert all(one["source"] != "Island Gazette" for one in gone["citations"])
    assert all(one["source"] != "Island Gazette" for one in gone["passages"])
    assert client.get(address).status_code == client.delete(address).status_code == 404


def test_two_articles_without_id_or_url_do_not_replace_each_other(client: TestClient) -> None:
    ids = {
        client.post("/articles", json={"title": "", "text": f"Town {n} held a fair."}).json()["id"]
        for n in range(3)
    }
    assert len(ids) == 3


def test_an_article_of_nothing_but_advertising_is_refused(client: TestClient) -> None:
    refused = client.post("/articles", json={"title": "x", "text": "[ad_1]\n\n[ad_2]"})
    assert refused.status_code == 422
    assert refused.json()["error_code"] == "ARTICLE_REFUSED"


def test_pages_of_the_list_hold_every_article_once(client: TestClient) -> None:
    seen, cursor = [], None
    while True:
        page = client.get("/articles", params={"limit": 5} | ({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page.json()["total"] == 18


@pytest.mark.parametrize(
    ("filters", "outcome"),
    [
        ({"sources": ["lantern brief"]}, None),
        ({"published_from": "2024-01-01"}, None),
        ({"published_from": "2024-01-01", "sources": ["Tigris Wire"]}, "OUT_OF_DATE_RANGE"),
        ({"sources": ["Nobody"]}, "NO_RELEVANT_PASSAGES"),
    ],
)
def test_filters_hold_for_every_passage_and_are_told(client, filters, outcome) -> None:
    answer = client.post("/ask", json={**QUESTION, "filters": filters}).json()
    told = answer["applied_filters"]
    assert told["sources"] == filters.get("sources", [])
    assert told["undated"] == ("kept" if "published_from" in filters else None)
    for passage in answer["passages"]:
        if "sources" in filters:
            assert passage["source"].casefold() in {one.casefold() for one in filters["sources"]}
        if "published_from" in filters:
            assert passage["published"] is None or passage["published"] >= "2024-01-01"
    if outcome:
        assert answer["abstain_reason"] == outcome
        assert answer["passages"] == []
    else:
        assert answer["passages"]


@pytest.mark.parametrize(
    ("question", "reasons"),
    [
        ("hello", {"NOT_A_QUESTION"}),
        ("what is the capital of Peru?", {"LOW_SUPPORT", "NO_RELEVANT_PASSAGES"}),
    ],
)
def test_what_the_articles_do_not_say_is_an_abstention(client, question, reasons) -> None:
    response = client.post("/ask", json={"question": question})
    answer = response.json()
    assert response.status_code == 200
    assert answer["status"] == "abstained"
    assert answer["citations"] == []
    assert answer["short_answer"] is None
    assert answer["abstain_reason"] in reasons


def test_ready_tells_what_is_held(client: TestClient) -> None:
    ready = client.get("/health/ready").json()
    assert ready["is_ready"]
    assert (ready["articles"], ready["passages"] > 17) == (18, True)
    assert ready["embedding_model"].startswith("all-MiniLM-L6-v2")


# -- conversations -------------------------------------------------------------

MINE, YOURS = "1" * 32, "2" * 32
UNKNOWN = "conv_" + "0" * 32


@contextmanager
def opened(data: Path, **options) -> Iterator[LocalDesk]:
    desk = LocalDesk.open(Settings(data=data, **options), "a test")
    try:
        yield desk
    finally:
        desk.close()


def asked(text: str, conversation: str | None = None, **options) -> Question:
    return Question(text, conversation, owner=MINE, as_of=DAY, **options)


class Hook:
    """A listener that does something when the passages are found, and then may be gone."""

    def __init__(self, do: Callable[[], object] = lambda: None, leaves: bool = False) -> None:
        self._do = do
        self._leaves = leaves
        self._is_gone = False

    def is_gone(self) -> bool:
        return self._is_gone

    def found(self, result: SearchResult) -> None:
        self._do()
        self._is_gone = self._leaves

    def wrote(self, delta: str) -> None:
        pass

    def cited(self, citation: Citation) -> None:
        pass


def kept_of(data: Path) -> list[Answer]:
    return [one.answer for one in kept_answers(data)]


def test_a_conversation_is_kept_as_it_was_answered(sample: Path) -> None:
    with opened(sample) as desk:
        first = desk.ask(asked("who claimed the Erbil attack?"))
        id = first.conversation_id
        assert id is not None and "condense" not in first.timings_ms
        second = desk.ask(asked("when did it happen?", id))
        assert second.conversation_id == id
        assert "condense" in second.timings_ms  # it was given the turn before
        turns = desk.conversation(id, MINE).turns
        given = [first.model_dump_json(), second.model_dump_json()]
        assert [turn.answer.model_dump_json() for turn in turns] == given
        assert [one.model_dump_json() for one in kept_of(sample)] == given[::-1]
        for owner in (YOURS, ""):
            with pytest.raises(ConversationNotFound):
                desk.conversation(id, owner)
            with pytest.raises(ConversationNotFound):
                desk.ask(Question("when?", id, owner=owner))
            assert desk.list_conversations(owner, None, 10).items == ()
        assert [one.id for one in desk.list_conversations(MINE, None, 10).items] == [id]
    with opened(sample) as desk:
        assert len(desk.conversation(id, MINE).turns) == 2
        desk.delete_conversation(id, MINE)
        with pytest.raises(ConversationNotFound):
            desk.conversation(id, MINE)
    assert kept_of(sample) == []


def test_turns_that_the_asker_keeps_are_no_conversation_here(sample: Path) -> None:
    with opened(sample) as desk:
        past = PastTurn("who claimed the Erbil attack?", "who claimed the Erbil attack?")
        for history in ((), (past,)):
            answer = desk.ask(asked("when did it happen?", UNKNOWN, history=history))
            assert answer.conversation_id is None
            assert ("condense" in answer.timings_ms) == bool(history)
            assert kept_of(sample)[0] == answer
        assert desk.list_conversations(MINE, None, 10).items == ()


def test_nothing_is_kept_for_an_asker_who_left(sample: Path) -> None:
    with opened(sample) as desk:
        kept = desk.ask(asked("who claimed the Erbil attack?"))
        for id in (None, kept.conversation_id):
            with pytest.raises(AskerLeft):
                desk.ask(asked("how many died in Erbil?", id), Hook(leaves=True))
        (only,) = desk.list_conversations(MINE, None, 10).items
        assert (only.id, only.turns) == (kept.conversation_id, 1)
    assert kept_of(sample) == [kept]


def test_one_deleted_during_its_question_stays_deleted(sample: Path) -> None:
    with opened(sample) as desk:
        id = desk.ask(asked("who claimed the Erbil attack?")).conversation_id
        assert id is not None
        hook = Hook(lambda: desk.delete_conversation(id, MINE))
        answer = desk.ask(asked("who condemned the Erbil attack?", id), hook)
        assert answer.text and answer.conversation_id is None
        with pytest.raises(ConversationNotFound):
            desk.conversation(id, MINE)
    assert kept_of(sample) == []


def test_a_turn_tells_which_of_its_articles_were_withdrawn(sample: Path) -> None:
    with opened(sample) as desk:
        answer = desk.ask(asked("who claimed the Erbil attack?"))
        id, cited = answer.conversation_id, answer.citations[0].article_id
        assert id is not None
        (turn,) = desk.conversation(id, MINE).turns
        assert turn.withdrawn == ()
        desk.withdraw_article(cited)
        (turn,) = desk.conversation(id, MINE).turns
        assert turn.withdrawn == (cited,)
        assert turn.answer == answer


def test_the_settings_limit_conversations(sample: Path) -> None:
    with opened(sample, conversation_turns=1, conversations=1) as desk:
        id = desk.ask(asked("hello")).conversation_id
        with pytest.raises(ConversationFull):
            desk.ask(asked("hello", id))
        with pytest.raises(TooManyConversations):
            desk.ask(asked("hello"))
    with opened(sample, kept_answers=0) as desk:
        assert desk.ask(asked("hello")).conversation_id is None
        assert desk.list_conversations(MINE, None, 10).items == ()
        with pytest.raises(ConversationsNotKept):
            desk.ask(asked("hello", id))


def test_suggestions_are_questions_that_the_articles_answer(sample: Path) -> None:
    with opened(sample) as desk:
        id = desk.ask(asked("who claimed the Erbil attack?")).conversation_id
        assert id is not None
        questions = desk.suggest(id, MINE).questions
        assert len(questions) <= 3
        for question in questions:
            answer = desk.search(question, Filters(), 8, DAY)
            assert answer.passages
        assert len(desk.conversation(id, MINE).turns) == 1  # trying them is no turn
        with pytest.raises(AskerLeft):
            desk.suggest(id, MINE, Hook(leaves=True))
        with pytest.raises(ConversationNotFound):
            desk.suggest(id, YOURS)
        with pytest.raises(ConversationNotFound):
            desk.suggest(UNKNOWN, MINE)
    assert len(kept_of(sample)) == 1


def test_follow_ups_go_through_the_language_model_that_is_configured(sample: Path) -> None:
    in_full = "when did the Erbil attack happen?"
    with llm_server([says(in_full)]) as server, opened(sample, llm=server.spec) as desk:
        first = desk.ask(asked("who claimed the Erbil attack?"))
        assert server.asked == []
        second = desk.ask(asked("when did it happen?", first.conversation_id))
        assert (second.standalone_question, len(server.asked)) == (in_full, 1)
        assert first.text in server.asked[0].prompt


WITHOUT_CLIENT = """
import sys
from qa.opening import condense_of
from qa.settings import Settings
condense_of(Settings(llm="openai-like:http://127.0.0.1:1/v1#stub"))
sys.exit(any(name.startswith(("llama_index", "openai")) for name in sys.modules))
"""


def test_a_command_that_has_no_follow_up_does_not_load_the_models_client() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_CLIENT], timeout=120)
    assert done.returncode == 0


def test_a_wrong_language_model_is_told_at_opening(sample: Path) -> None:
    with pytest.raises(BadConfiguration, match="DATELINE_LLM"), opened(sample, llm="x:secret"):
        pass
    with opened(sample):  # and the folder is free
        pass
