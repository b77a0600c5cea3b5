"""A chat over a desk: what a line that somebody typed means, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from index.errors import ArticleNotFound, DatelineError
from index.records import Filters
from qa import chat_show
from qa.chat_ask import Running
from qa.cli_options import text_of
from qa.desk import Desk
from qa.errors import ConversationFull, ConversationNotFound
from qa.records import Answer, Citation, FoundPassage, PastTurn, Question, SearchResult
from qa.records_feedback import Feedback
from qa.stand_alone import past_turn

_LISTED = 20  #: conversations that `/list` shows
_REMEMBERED = 20  #: turns that are kept here where the desk keeps none
_REASON_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Command:
    """A line that begins with a slash."""

    usage: str
    does: str
    run: Callable[[Chat, str], None]


@dataclass(slots=True)
class Chat:
    """A conversation on a terminal, or with a program. For one thread."""

    desk: Desk
    console: Console
    as_of: date | None = None
    filters: Filters = field(default_factory=Filters)
    conversation: str | None = None  #: the one that is going on; None: the next question begins one
    last: Answer | None = None
    is_over: bool = False
    suggested: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()  #: ids of the conversations that were listed last
    past: tuple[PastTurn, ...] = ()  #: the turns, where the desk keeps no conversations

    def say(self, typed: str) -> None:
        """Take a line: a command, or a question. What goes wrong is said, never raised."""
        line = text_of(typed).strip()
        if not line:
            return
        try:
            if line.startswith("/"):
                self._command(line)
            else:
                self.ask(line)
        except DatelineError as error:
            self.tell(str(error), "red")

    def tell(self, text: str, style: str = "dim") -> None:
        """Print a line about the chat itself."""
        chat_show.line(self.console, text, style)

    def begin(self) -> None:
        """The next question begins a new conversation."""
        self.conversation, self.last, self.suggested, self.past = None, None, (), ()

    def take_up(self, id: str) -> None:
        """Go on with an earlier conversation. Raises `ConversationNotFound`."""
        found = self.desk.conversation(id, "")
        self.begin()
        self.conversation = found.id
        chat_show.turns(self.console, found)
        if found.turns:
            self.last = found.turns[-1].answer

    def question(self, text: str) -> Question:
        """A question as this chat asks it now."""
        return Question(
            text,
            conversation=self.conversation,
            history=self.past or None,
            as_of=self.as_of,
            filters=self.filters,
        )

    def heard(self, answer: Answer) -> None:
        """The next question follows on this answer."""
        self.last, self.suggested = answer, ()
        self.conversation = answer.conversation_id
        if self.conversation is None:  # the desk does not keep it
            self.past = (*self.past, past_turn(answer))[-_REMEMBERED:]
        else:
            self.past = ()

    def ask(self, text: str) -> None:
        """Ask, and show the answer as it comes. Ctrl-C calls the question off."""
        running = Running(self.desk, self.question(text))
        try:
            running.start()
            if self.console.is_terminal:
                self._watch(running)
            for _ in running:
                pass
        except KeyboardInterrupt:
            running.leave()
            for _ in running:  # until it ends, or whoever waits has enough of that too
                pass
            if not self.console.is_terminal:
                raise
        try:
            answer = running.answer
        except (ConversationNotFound, ConversationFull) as error:
            self.tell(str(error), "red")
            self.tell("The next question begins a new conversation; /list shows earlier ones.")
            self.begin()
            return
        if answer is None:
            self.tell("Called off.")
            return
        self.heard(answer)
        chat_show.show(self.console, answer)

    def _watch(self, running: Running) -> None:
        """The words as they come, in a place that the finished answer then takes."""
        said = ""
        spinner = Spinner("dots", Text("Searching …", style="dim"), style="dim")
        live = Live(spinner, console=self.console, transient=True)
        try:  # not `with`, which Ctrl-C could meet half entered
            live.start(refresh=True)
            for told in running:
                if isinstance(told, SearchResult):
                    spinner.update(text=Text("Reading …", style="dim"))
                elif isinstance(told, str):
                    said += told
                    live.update(chat_show.numbered(said))
        finally:
            live.stop()

    def _command(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        command = COMMANDS.get(name.lower())
        if command is None:
            self.tell(f"There is no {name[:40]}; there are {', '.join(COMMANDS)}.", "red")
            return
        command.run(self, rest.strip())


def _help(chat: Chat, rest: str) -> None:
    width = max(len(one.usage) for one in COMMANDS.values())
    for one in COMMANDS.values():
        chat.tell(f"{one.usage:<{width}}  {one.does}", "")
    chat.tell("All else is a question. Ctrl-C calls it off, Ctrl-D leaves.")


def _sources(chat: Chat, rest: str) -> None:
    if chat.last is None:
        chat.tell("Nothing was answered yet.", "red")
    else:
        chat_show.sources(chat.console, chat.last)


def _open(chat: Chat, rest: str) -> None:
    one = _cited(chat.last, rest.strip("[]"))
    if one is None:
        chat.tell("Give the number of a citation of the last answer, as in /open 1.", "red")
        return
    try:
        text = chat.desk.get_article(one.article_id).text
    except ArticleNotFound:
        chat.tell("The article was withdrawn since.", "red")
        return
    if not chat_show.opened(chat.console, one, text):
        chat.tell("The article was changed since; these words stand in it no more.", "red")


def _cited(last: Answer | None, number: str) -> Citation | FoundPassage | None:
    if last is None or not (number.isascii() and number.isdigit() and len(number) < 6):
        return None
    if not last.citations:
        return dict(enumerate(last.passages, start=1)).get(int(number))
    return {one.number: one for one in last.citations}.get(int(number))


def _as_of(chat: Chat, rest: str) -> None:
    try:
        chat.as_of = date.fromisoformat(rest) if rest else None
    except ValueError:
        chat.tell("Write the day as YYYY-MM-DD, for example /as-of 2021-02-24.", "red")
        return
    chat.tell(f"Asked as of {chat.as_of or 'today'} from now on.")


def _source(chat: Chat, rest: str) -> None:
    if not rest:
        chat.filters = replace(chat.filters, sources=())
        chat.tell("All outlets are read from now on.")
        return
    known = [one.source for one in chat.desk.list_sources().items if one.source]
    source = next((one for one in known if one.casefold() == rest.casefold()), None)
    if source is None:
        listed = ", ".join(known[:_LISTED]) + (" …" if len(known) > _LISTED else "")
        chat.tell(f"No article is from {rest[:80]}. There are: {listed or 'none'}.", "red")
        return
    chat.filters = replace(chat.filters, sources=(source,))
    chat.tell(f"Only {source} is read from now on; /source alone ends it.")


def _next(chat: Chat, rest: str) -> None:
    if chat.last is None:
        chat.tell("Ask something first.", "red")
        return
    if chat.conversation is None:
        chat.tell("Conversations are not kept here, and suggestions need one.", "red")
        return
    if not rest or not chat.suggested:
        chat.suggested = chat.desk.suggest(chat.conversation, "").questions
    if not chat.suggested:
        chat.tell("Nothing to suggest here.")
    elif not rest:
        for number, question in enumerate(chat.suggested, start=1):
            chat.tell(f"{number}. {question}", "")
        chat.tell("/next 1 asks the first.")
    elif rest.isascii() and rest.isdigit() and 0 < int(rest[:4]) <= len(chat.suggested):
        question = chat.suggested[int(rest[:4]) - 1]
        chat.tell(question, "green")
        chat.ask(question)
    else:
        chat.tell(f"Give a number from 1 to {len(chat.suggested)}.", "red")


def _new(chat: Chat, rest: str) -> None:
    chat.begin()
    chat.tell("The next question begins a new conversation.")


def _list(chat: Chat, rest: str) -> None:
    page = chat.desk.list_conversations("", None, _LISTED)
    chat.listed = tuple(one.id for one in page.items)
    chat_show.conversations(chat.console, page.items)
    if page.items:
        chat.tell("/resume 1 goes on with the first.")


def _resume(chat: Chat, rest: str) -> None:
    if not rest:
        chat.tell("Give a number from /list, or a conversation's id.", "red")
        return
    numbers = {str(number): id for number, id in enumerate(chat.listed, start=1)}
    try:
        chat.take_up(numbers.get(rest, rest))
    except ConversationNotFound as error:
        # The one that is going on still goes on.
        chat.tell(f"{error} /list shows those that are kept.", "red")


def _feedback(chat: Chat, rest: str) -> None:
    verdict, _, reason = rest.partition(" ")
    if verdict.lower() not in ("good", "bad"):
        chat.tell("Write /feedback good or /feedback bad, and why.", "red")
    elif chat.last is None:
        chat.tell("Nothing was answered yet.", "red")
    elif len(reason) > _REASON_CHARACTERS:
        chat.tell(f"Give the reason in {_REASON_CHARACTERS} characters or fewer.", "red")
    else:
        judged = Feedback(chat.last.id, verdict.lower() == "good", reason.strip() or None)
        chat.desk.give_feedback(judged)
        chat.tell("Kept, thank you.")


def _quit(chat: Chat, rest: str) -> None:
    chat.is_over = True


COMMANDS = {
    one.usage.split()[0]: one
    for one in (
        Command("/sources", "the last answer's citations, with quotes and links", _sources),
        Command("/open N", "passage N in its article", _open),
        Command("/next [N]", "questions to go on with; with a number, ask that one", _next),
        Command("/as-of [DATE]", "ask as of a day, YYYY-MM-DD; without one, of today", _as_of),
        Command("/source [NAME]", "read one outlet alone; without a name, all", _source),
        Command("/new", "begin a new conversation", _new),
        Command("/list", "the conversations so far, the latest first", _list),
        Command("/resume N|ID", "go on with one of them", _resume),
        Command("/feedback good|bad [REASON]", "judge the last answer", _feedback),
        Command("/help", "this list", _help),
        Command("/quit", "leave", _quit),
    )
}
