"""What the chat does with a line, over a desk in memory."""

from __future__ import annotations

import io
import json
import re
import signal
import threading
from collections.abc import Iterator
from datetime import date

import pytest
from rich.console import Console

from qa import chat_show
from qa.chat import COMMANDS, Chat
from qa.chat_lines import answer_as_json, converse_in_lines, lines_of
from qa.errors import BadRequest, ConversationNotFound, NotReady
from qa.listen import Listener
from qa.records import Answer, Question
from qa.records_articles import NewArticle
from qa.show import plain
from tests.fakes import FakeDesk
from tests.serving import wait_until

EVIL = "\x1b]0;owned\x07\x1b[2J[bold red]\u202e"
FERRY = NewArticle(
    id="ferry-1",
    title="Ferry resumes",
    text="The ferry resumed on Monday.\n\nNobody was hurt in Oldport.",
    source="Harbour Post",
    url="https://example.org/ferry",
)
BRIDGE = NewArticle(
    id="bridge-1", title=f"Bridge {EVIL}", text=f"The bridge {EVIL} reopened.", source="Old Times"
)


def filled() -> FakeDesk:
    desk = FakeDesk()
    desk.add_article(FERRY)
    desk.add_article(BRIDGE)
    return desk


def chat_over(desk: FakeDesk, terminal: bool = False, **settings: object) -> Chat:
    console = Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=80,
        highlight=False,
        markup=False,
        emoji=False,
    )
    return Chat(desk, console, **settings)


def said(chat: Chat, *lines: str) -> str:
    """What the chat prints when these lines come."""
    start = len(chat.console.file.getvalue())
    for line in lines:
        chat.say(line)
    return chat.console.file.getvalue()[start:]


def test_an_answer_comes_with_numbers_and_sources() -> None:
    shown = said(chat_over(filled()), "who said that a ferry resumed?")
    assert "The ferry resumed on Monday. [1]" in shown
    assert "[1] Ferry resumes, Harbour Post" in shown
    assert "1 independent source)" in shown
    assert "Understood as" not in shown


@pytest.mark.parametrize("terminal", [False, True])
def test_an_empty_line_parts_the_answer_from_its_sources(terminal: bool) -> None:
    shown = said(chat_over(filled(), terminal=terminal), "ferry")
    assert re.search(r"\]\S*\n\n\S*\[1\] Ferry resumes", shown), shown


def test_the_conversation_goes_on_until_a_new_one_begins() -> None:
    desk = filled()
    chat = chat_over(desk)
    said(chat, "when did the ferry resume?", "and the bridge?", "/new", "the ferry")
    ids = [question.conversation for question in desk.asked]
    assert ids[0] is None and ids[1] is not None and ids[2] is None
    assert {question.owner for question in desk.asked} == {""}
    assert [question.history for question in desk.asked] == [None, None, None]


def test_where_no_conversation_is_kept_the_chat_remembers() -> None:
    class Forgetful(FakeDesk):
        def ask(self, question: Question, listener: Listener | None = None) -> Answer:
            return super().ask(question, listener).model_copy(update={"conversation_id": None})

    desk = Forgetful()
    desk.add_article(FERRY)
    chat = chat_over(desk)
    said(chat, "when did the ferry resume?", "and who was hurt in Oldport?")
    first, second = desk.asked
    assert first.history is None and second.conversation is None
    assert [turn.question for turn in second.history or ()] == ["when did the ferry resume?"]
    assert "not kept" in said(chat, "/next")
    said(chat, "/new", "the ferry?")
    assert desk.asked[-1].history is None


def test_what_was_understood_is_shown_where_it_differs() -> None:
    class Condensing(FakeDesk):
        def ask(self, question: Question, listener: Listener | None = None) -> Answer:
            changed = {"standalone_question": f"when did the ferry resume {EVIL}?"}
            return super().ask(question, listener).model_copy(update=changed)

    desk = Condensing()
    desk.add_article(FERRY)
    shown = said(chat_over(desk, terminal=True), "when did the ferry?")
    assert "Understood as: when did the ferry resume" in shown
    assert "\x1b]0" not in shown and "\x1b[2J" not in shown and "\u202e" not in shown


@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_of_an_article_reaches_the_terminal_as_control_or_markup(terminal: bool) -> None:
    chat = chat_over(filled(), terminal=terminal)
    shown = said(chat, "what about the bridge?", "/sources", "/open 1", "/list", "zzz?", "/open 1")
    assert "[bold red]" in shown
    for sequence in ("\x1b]0", "\x07", "\x1b[2J", "\u202e"):
        assert sequence not in shown


def test_sources_show_quotes_and_links() -> None:
    chat = chat_over(filled())
    assert "Nothing was answered yet" in said(chat, "/sources")
    shown = said(chat, "when did the ferry resume?", "/sources")
    assert "“The ferry resumed on Monday.”" in shown
    assert "https://example.org/ferry" in shown
    assert "cites nothing" in said(chat, "xyzzy?", "/sources")


def test_a_passage_is_opened_in_its_article() -> None:
    desk = filled()
    chat = chat_over(desk)
    shown = said(chat, "when did the ferry resume?", "/open 1")
    assert "»The ferry resumed on Monday.«" in shown
    assert "Nobody was hurt in Oldport." in shown
    assert said(chat, "/open [1]").endswith(said(chat, "/open 1"))
    for wrong in (
        "/open",
        "/open 9",
        "/open 0",
        "/open -1",
        "/open ²",
        "/open x",
        "/open " + "9" * 9999,
    ):
        assert "number of a citation" in said(chat, wrong)
    desk.withdraw_article("ferry-1")
    assert "withdrawn" in said(chat, "/open 1")


def test_an_article_that_changed_is_searched_for_the_words_and_else_said_to_have_changed() -> None:
    desk = filled()
    chat = chat_over(desk)
    said(chat, "when did the ferry resume?")
    desk.withdraw_article("ferry-1")
    desk.add_article(FERRY.model_copy(update={"text": f"New: word. {FERRY.text}"}))
    assert "»The ferry resumed on Monday.«" in said(chat, "/open 1")
    desk.withdraw_article("ferry-1")
    desk.add_article(FERRY.model_copy(update={"text": "All other words."}))
    assert "changed since" in said(chat, "/open 1")


def test_a_long_article_is_cut_at_sentences_around_the_passage() -> None:
    desk = FakeDesk()
    filler = " ".join(f"Sentence number {n} is here." for n in range(200))
    desk.add_article(FERRY.model_copy(update={"text": f"{filler} The zebra left. {filler}"}))
    chat = chat_over(desk)
    said(chat, "zebra")
    citation = chat.last.citations[0]
    text = desk.get_article("ferry-1").text
    out = chat_over(desk)
    assert chat_show.opened(out.console, citation, text)
    shown = out.console.file.getvalue()
    assert len(shown) < len(text) / 2
    before, _, after = shown.partition("»")
    assert before.splitlines()[-1].startswith("Sentence number")
    assert after.rstrip().endswith("is here.")


def test_the_day_and_the_outlet_are_asked_with() -> None:
    desk = filled()
    chat = chat_over(desk)
    assert "2021-02-24" in said(chat, "/as-of 2021-02-24")
    assert "Only Harbour Post" in said(chat, "/source harbour post")
    said(chat, "ferry")
    assert desk.asked[-1].as_of == date(2021, 2, 24)
    assert desk.asked[-1].filters.sources == ("Harbour Post",)
    assert "YYYY-MM-DD" in said(chat, "/as-of yesterday")
    refused = said(chat, "/source Nobody Knows")
    assert "Harbour Post" in refused and "Old Times" in refused
    said(chat, "/as-of", "/source", "ferry")
    assert desk.asked[-1].as_of is None
    assert desk.asked[-1].filters.sources == ()


def test_conversations_are_listed_and_taken_up_again() -> None:
    desk = filled()
    chat = chat_over(desk)
    assert "No conversations" in said(chat, "/list")
    said(chat, "when did the ferry resume?", "/new", "the bridge?")
    listed = said(chat, "/list")
    assert "1. the bridge?" in listed and "2. when did the ferry resume?" in listed
    shown = said(chat, "/resume 2")
    assert "> when did the ferry resume?" in shown
    said(chat, "and then?")
    assert desk.asked[-1].conversation == desk.conversation(chat.conversation or "", "").id
    assert "quote" not in said(chat, "/open 1")
    before = chat.conversation
    assert "/list" in said(chat, "/resume conv_nothing")
    assert "id" in said(chat, "/resume")
    assert chat.conversation == before


def test_a_conversation_that_is_gone_or_full_is_said_and_the_next_begins_anew() -> None:
    desk = filled()
    chat = chat_over(desk)
    said(chat, "ferry")
    desk.delete_conversation(chat.conversation or "", "")
    assert "new conversation" in said(chat, "ferry")
    assert "Monday" in said(chat, "ferry")
    full = FakeDesk(most_turns=1)
    full.add_article(FERRY)
    chat = chat_over(full)
    assert "new conversation" in said(chat, "ferry", "ferry")
    assert "Monday" in said(chat, "ferry")


def test_feedback_goes_to_the_last_answer() -> None:
    desk = filled()
    chat = chat_over(desk)
    assert "Nothing was answered" in said(chat, "/feedback good")
    said(chat, "ferry")
    assert "Kept" in said(chat, "/feedback bad  wrong day ")
    (judged,) = desk.feedback.values()
    assert (judged.is_positive, judged.reason) == (False, "wrong day")
    assert "Kept" in said(chat, "/feedback Good")
    assert next(iter(desk.feedback.values())).is_positive
    for wrong in ("/feedback", "/feedback maybe", "/feedback good " + "x" * 3000):
        assert "Kept" not in said(chat, wrong)


def test_suggestions_are_listed_and_asked() -> None:
    desk = filled()
    chat = chat_over(desk)
    assert "Ask something first" in said(chat, "/next")
    said(chat, "when did the ferry resume?")
    questions = desk.suggest(chat.conversation or "", "").questions
    shown = said(chat, "/next")
    assert questions and all(plain(one) in shown for one in questions)
    assert "\x1b" not in shown
    for wrong in ("/next 0", "/next 99", "/next x"):
        assert "number from 1" in said(chat, wrong)
    said(chat, "/next 1")
    assert desk.asked[-1].text == questions[0]


def test_unknown_commands_say_what_there_is() -> None:
    chat = chat_over(filled())
    shown = said(chat, f"/bogus{EVIL}")
    assert all(name in shown for name in COMMANDS)
    assert "\x1b" not in shown
    assert all(one.usage in said(chat, "/help") for one in COMMANDS.values())
    said(chat, "/QUIT")
    assert chat.is_over


@pytest.mark.parametrize("typed", ["", "  \n\t ", "\u2003"])
def test_an_empty_line_is_nothing(typed: str) -> None:
    desk = filled()
    assert said(chat_over(desk), typed) == ""
    assert not desk.asked


def test_whatever_the_desk_raises_is_said() -> None:
    def broken(question: Question) -> None:
        raise {"a?": NotReady("not yet"), "b?": BadRequest(f"no {EVIL}")}[question.text]

    chat = chat_over(FakeDesk(before=broken))
    assert "not yet" in said(chat, "a?")
    assert "\x1b" not in said(chat, "b?")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT interrupts, also where the tests run in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_calls_the_question_off() -> None:
    entered = threading.Event()

    def midway(question: Question, listener: Listener | None) -> None:
        entered.set()
        if question.text == "the slow ferry":
            wait_until(lambda: listener is not None and listener.is_gone(), 60)

    desk = FakeDesk(midway=midway)
    desk.add_article(FERRY)
    chat = chat_over(desk, terminal=True)

    def interrupt() -> None:
        assert entered.wait(60)
        signal.raise_signal(signal.SIGINT)

    # Python hands signals to the main thread, whichever raises them.
    thread = threading.Thread(target=interrupt)
    thread.start()
    shown = said(chat, "the slow ferry")
    thread.join(60)
    assert "Called off" in shown and "Monday" not in shown
    assert desk.left == 1
    assert chat.last is None
    assert "Monday" in said(chat, "ferry")


def test_lines_are_text_whatever_bytes_come() -> None:
    stream = io.BytesIO(b"\xef\xbb\xbfferry?\r\n\n \n\xff\xfe\n\x00\nno end")
    assert list(lines_of(stream)) == ["ferry?", "\ufffd\ufffd", "\x00", "no end"]


def test_lines_are_answered_one_after_the_other_until_quit() -> None:
    desk = filled()
    chat = chat_over(desk)
    converse_in_lines(chat, ["ferry", "\ud800?", "x" * 100_000, "/quit", "bridge?"])
    assert [question.text for question in desk.asked] == ["ferry", "\ufffd?", "x" * 100_000]


def test_json_has_a_line_for_each_question() -> None:
    def broken(question: Question) -> None:
        if question.text == "b?":
            raise ConversationNotFound("gone")

    desk = FakeDesk(before=broken)
    desk.add_article(FERRY)
    out = io.StringIO()
    answer_as_json(chat_over(desk), ["ferry", "b?", "and the ferry?", "/new"], out)
    first, second, third, fourth = (json.loads(line) for line in out.getvalue().splitlines())
    assert Answer.model_validate(first).question == "ferry"
    assert second == {"error_code": "CONVERSATION_NOT_FOUND", "detail": "gone"}
    assert third["conversation_id"] == first["conversation_id"]
    assert fourth["question"] == "/new"
