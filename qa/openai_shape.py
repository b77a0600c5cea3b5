"""Between OpenAI's shapes and ours: messages → question and history; answer → text with links."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from index.tokens import count_llm_tokens
from index.url import read_url
from qa.draft import NOT_SAID
from qa.openai_links import Linked
from qa.openai_markdown import address, label, link, unlinked
from qa.records import Answer, Citation, FoundPassage, PastTurn, Status
from qa.service_models import LONGEST_QUESTION
from qa.service_openai_models import Annotation, Message, Part, UrlCitation, Usage
from qa.stand_alone import stand_alone

MOST_TURNS = 10  #: before the question that are looked at; a follow-up reaches back six at most
_LONGEST_SAID = 2000  # characters of an earlier answer that are looked at
_NEAREST = 3  # articles shown where there is no answer
_NEAREST_WORDS = "The nearest passages:"
_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
)


class NoQuestion(ValueError):
    """The messages ask nothing that can be answered; its text says why, in our words."""

    def __init__(self, message: str, code: str = "invalid_request") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of a conversation, and the turns before it, oldest first: what was asked and
    what was answered."""

    question: str
    before: tuple[tuple[str, str], ...] = ()


def asked(messages: Sequence[Message]) -> Asked:
    """What a client's messages ask. Raises `NoQuestion`.

    Messages of the system and of developers are not read: they tell a model how to write, and
    here articles' own words are written; a text that is obeyed by nobody can't be misused either.
    What tools said is not read: it is neither asked nor an article.
    """
    last = max((i for i, one in enumerate(messages) if one.role == "user"), default=None)
    if last is None:
        raise NoQuestion("messages must have one with the role user: the last one is the question.")
    question = _question(messages[last])
    turns: list[tuple[str, str]] = []
    for one in messages[:last]:
        text = _text(one)
        if one.role == "user" and text:
            turns.append((text[:LONGEST_QUESTION], ""))
        elif one.role == "assistant" and turns:
            before, said = turns[-1]
            turns[-1] = before, "\n".join(filter(None, (said, text)))[: 4 * _LONGEST_SAID]
    return Asked(question, tuple(turns[-MOST_TURNS:]))


def history(
    before: Sequence[tuple[str, str]],
    condense: Callable[[str, Sequence[PastTurn]], str] = stand_alone,
    known: Callable[[str, str], PastTurn | None] = lambda question, said: None,
) -> tuple[PastTurn, ...]:
    """The turns as a question's history; earlier follow-ups are made to stand alone in order.

    Args:
        condense: `qa.stand_alone.stand_alone` or alike. It may take a moment.
        known: the turn as it was answered, given its question and `answered_text`, where that is
            remembered.
    """
    turns: list[PastTurn] = []
    for question, content in before:
        said = answered_text(content)
        turn = known(question, said)
        if turn is None:
            standalone = condense(question, turns)[:LONGEST_QUESTION] if turns else question
            turn = PastTurn(question=question, standalone=standalone, text=said)
        turns.append(turn)
    return tuple(turns)


def answered_text(content: str) -> str:
    """What an assistant's message says, without links and Markdown; "" where it does not answer."""
    text = unlinked(content.partition(_NEAREST_WORDS)[0]).strip()
    return "" if text == NOT_SAID else text[:_LONGEST_SAID]


def base_of(scheme: str, host: str | None, server: tuple[str, int | None] | None) -> str:
    """The address that our own pages are linked under: as the client sees it, by its Host header;
    by the service's own address where that header is no plain host and port."""
    if host is None or not _HOST.fullmatch(host):
        name, port = server or ("127.0.0.1", None)
        shown = f"[{name}]" if ":" in name else name
        host = shown if port is None else f"{shown}:{port}"
    return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"


def url_of(found: Citation | FoundPassage, base: str) -> str:
    """The article's own address, or our page that shows it with the quote marked."""
    own = read_url(found.url)
    if own is not None:
        return own
    place = {"article": found.article_id, "start": found.start, "end": found.end}
    return f"{base}/library?{urlencode(place)}"


def nearest(answer: Answer, base: str) -> str:
    """What stands behind the text of an answer that abstains: the passages to judge by."""
    if answer.status != Status.ABSTAINED or not answer.passages:
        return ""
    articles = {one.article_id: one for one in reversed(answer.passages)}  # the best of each
    best = [one for one in answer.passages if one is articles[one.article_id]][:_NEAREST]
    lines = [f"- {link(label(_told(one)), url_of(one, base))}" for one in best]
    return "\n\n" + "\n".join([_NEAREST_WORDS, "", *lines])


def annotations(links: Sequence[Linked]) -> list[Annotation]:
    """The links of a content as OpenAI tells of them."""
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=one.start,
                end_index=one.end,
                title=_told(one.citation),
                url=address(one.url),
            )
        )
        for one in links
    ]


def prompt_tokens(messages: Sequence[Message]) -> int:
    """Tokens of all that was sent, read or not. Nothing is charged by them, but clients show
    them; a megabyte takes a quarter of a second."""
    return count_llm_tokens("\n".join(_text(one) for one in messages))


def usage(prompt: int, content: str) -> Usage:
    """The tokens of a prompt, and those of what was said."""
    said = count_llm_tokens(content)
    return Usage(prompt_tokens=prompt, completion_tokens=said, total_tokens=prompt + said)


def new_id() -> str:
    """An id of a completion."""
    return f"chatcmpl-{uuid.uuid4().hex}"


def fingerprint(answer: Answer) -> str:
    """Another one where the engine or the articles are others."""
    digest = hashlib.blake2b(f"{answer.engine}\x1f{answer.index_version}".encode(), digest_size=8)
    return f"fp_{digest.hexdigest()}"


def _question(message: Message) -> str:
    parts = message.content if isinstance(message.content, list) else []
    if any(not _is_text(one) for one in parts):
        raise NoQuestion(
            "Only text can be asked: send the question without pictures, sound or files.",
            "unsupported_content",
        )
    text = _text(message)
    if not text:
        raise NoQuestion("The last message of the user is empty: ask a question in it.")
    if len(text) > LONGEST_QUESTION:
        raise NoQuestion(
            f"The last message of the user is longer than the {LONGEST_QUESTION:,} characters "
            "that are read as a question; ask in fewer.",
            "question_too_long",
        )
    return text


def _text(message: Message) -> str:
    if isinstance(message.content, list):
        text = "\n".join(one.text or "" for one in message.content if _is_text(one))
    else:
        text = message.content or ""
    return text.replace("\x00", "").strip()


def _is_text(part: Part) -> bool:
    return part.type == "text" and part.text is not None


def _told(found: Citation | FoundPassage) -> str:
    return ", ".join(_parts(found))


def _parts(found: Citation | FoundPassage) -> Iterator[str]:
    yield " ".join(found.title.split()) or "untitled"
    if found.source:
        yield found.source
    if found.published:
        yield found.published.isoformat()
