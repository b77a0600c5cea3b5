"""Messages → question and history; answer → Markdown with links, whole and piece by piece."""

from __future__ import annotations

import re
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.openai_links import LinkedText, linked
from qa.openai_markdown import label, link, unlinked
from qa.openai_shape import (
    MOST_TURNS,
    NoQuestion,
    annotations,
    answered_text,
    asked,
    base_of,
    history,
    nearest,
    url_of,
    usage,
)
from qa.openai_turns import Turns
from qa.records import (
    AbstainReason,
    Answer,
    AppliedFilters,
    Citation,
    FoundPassage,
    PastTurn,
    Status,
)
from qa.service_openai_models import ChatBody, Message

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: what GitHub's Markdown makes links of in plain text, and linkify too
BARE_LINK = re.compile(
    r"(?:https?|ftp)://\w|www\.\w|[\w.+-]@[\w-]|\b[\w-]+\.(?:com|org|net|example)\b", re.I
)
OURS = "http://127.0.0.1:8000"
CITED = "https://example.org/cited"

ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<https://evil.example/>",
    "![pixel](https://evil.example/p.png)",
    "[click](https://evil.example)",
    "[click](javascript:alert(1))",
    "[click]( <https://evil.example> )",
    "[name]: https://evil.example",
    "[name]: javascript:alert(1) 'title'",
    "[click][1]",
    "[1](https://evil.example)",
    "https://evil.example/a_(b)?c=d&e=f.",
    "www.evil.example",
    "evil.com",
    "https:<b>//evil.com",
    "mail a.b+c@evil.example, or not",
    "# Heading",
    "Heading\n===",
    "Heading\n---",
    "> quoted",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "2) item",
    "    code",
    "\tcode",
    "```\ncode\n```",
    "`code` and ``more`` and `https://evil.example`",
    "a | b\n--|--\nc | d",
    "*emphasis* _more_ **strong** __strong__ ~~gone~~",
    "&lt;b&gt; &amp; &#60;script&#62; AT&T &copy;",
    "$$x$$ and \\(x\\) and \\[x\\] and $5 to $6",
    "{{HTML_FILE_ID_1}} :::artifact{identifier=x} :name[x]{y}",
    "a line  \nbroken\\\nhard",
    "no text: \x00\x1b[31m\ud800\u202e",
    "\r\n\r\n\u2028# Heading",
]


def cite(
    number: int, text: str, quote: str, url: str | None = CITED, article: str = "a-1"
) -> Citation:
    start = text.index(quote)
    return Citation(
        number=number, article_id=article, passage_id="p", title="Title", url=url,
        source="Post", published=date(2021, 2, 24), quote=quote, start=7, end=7 + len(quote),
        answer_start=start, answer_end=start + len(quote), verification="verbatim", support=1.0,
    )  # fmt: skip


def passage(title: str = "Near", url: str | None = None, id: str = "n-1") -> FoundPassage:
    return FoundPassage(
        passage_id="p", article_id=id, title=title, url=url, source="Post", published=None,
        text="text", start=3, end=7, score=1.0, parts={},
    )  # fmt: skip


def answer(text: str, *citations: Citation, passages: tuple[FoundPassage, ...] = ()) -> Answer:
    return Answer(
        id="ans_1", conversation_id=None, question="q", standalone_question="q",
        as_of=date(2021, 2, 24),
        status=Status.ANSWERED if citations else Status.ABSTAINED,
        abstain_reason=None if citations else AbstainReason.LOW_SUPPORT,
        text=text, short_answer=None, citations=citations, conflicts=(), independent_sources=0,
        passages=passages, applied_filters=AppliedFilters(), engine="fake", index_version="1",
        timings_ms={}, usage=None,
    )  # fmt: skip


def by_url(citation: Citation) -> str:
    return url_of(citation, OURS)


def shown(markdown: str) -> tuple[str, list[str]]:
    """What a client shows of Markdown as text, and the addresses that it links or loads.

    Fails on everything that is no paragraph of words: headings, lists, HTML, pictures.
    """
    text, urls = "", []
    for block in MARKDOWN.parse(markdown):
        assert block.type in ("paragraph_open", "paragraph_close", "inline"), block.type
        text += "\n" if block.type == "paragraph_close" else ""
        is_link, plain = False, ""
        for one in block.children or []:
            assert one.type in (
                "text", "text_special", "code_inline", "softbreak", "link_open", "link_close",
            ), one.type  # fmt: skip
            urls += _urls(one)
            is_link = one.type == "link_open" or (is_link and one.type != "link_close")
            text += "\n" if one.type == "softbreak" else one.content
            is_plain = not is_link and one.type in ("text", "text_special")
            plain += one.content if is_plain else " "
        assert not BARE_LINK.search(plain), plain
    return text, urls


def _urls(token: Token) -> list[str]:
    return [str(token.attrs[name]) for name in ("href", "src") if name in token.attrs]


def normal(text: str) -> str:
    """What is left of a text where whitespace counts no more and what is no text is replaced."""
    lines = re.sub(r"\s+", " ", text).strip()
    return re.sub("[\x00-\x1b\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", "\ufffd", lines)


#: the same examples each time, however slow the machine is
STEADY = {
    "derandomize": True,
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
# What articles write: marks that Markdown knows, in the midst of words, more often than by chance.
MARKS = st.sampled_from([*"[]()<>!*_`~#-+=|\\&;:$.{}@/\"'^ \n\t1aB", "](", "://", "www.", "&#60;"])
TEXTS = st.lists(MARKS | st.text(max_size=5) | st.sampled_from(ATTACKS), max_size=15).map("".join)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_article_is_shown_as_it_is_written_and_never_obeyed(attack: str) -> None:
    text, urls = shown(linked(attack, (), by_url).content)
    assert urls == []
    assert normal(text) == normal(attack)


@settings(**STEADY)
@given(TEXTS)
@example("[a]\n: b.com")
@example("1@\n0")
def test_whatever_an_article_writes_is_shown_as_text(written: str) -> None:
    content = linked(written, (), by_url).content
    text, urls = shown(content)
    assert urls == []
    assert normal(text) == normal(written)
    assert normal(unlinked(content)) == normal(written)


@settings(**STEADY)
@given(TEXTS)
def test_a_label_stays_in_its_link(written: str) -> None:
    text, urls = shown(link(label(written), CITED))
    if written.split():
        assert urls == [CITED]
        assert normal(text) == normal(written)


@settings(**STEADY)
@given(TEXTS, TEXTS)
def test_numbers_are_links_wherever_an_article_ends(one: str, two: str) -> None:
    first, second = f"x{one}", f"y{two}"
    text = f"{first} [1] {second}[2]"
    citations = (
        cite(1, text, first),
        cite(2, text, f" [1] {second}"[5:], url=None).model_copy(
            update={"answer_start": len(first) + 5, "answer_end": len(text) - 3}
        ),
    )
    made = linked(text, citations, by_url)
    ours = f"{OURS}/library?article=a-1&start=7&end={7 + len(second)}"
    read, urls = shown(made.content)
    assert urls == [CITED, ours]
    assert normal(read) == normal(f"{first} 1 {second}2")
    assert [made.content[one.start : one.end] for one in made.links] == [
        f"[1]({CITED})",
        f"[2]({ours})",
    ]
    assert normal(unlinked(made.content)) == normal(first + " " + second)


@settings(**STEADY)
@given(st.data(), TEXTS, TEXTS)
def test_pieces_joined_are_the_whole(data: st.DataObject, one: str, two: str) -> None:
    first, second = f"x{one}", f"{two}y"
    text = f"{first} [1] {second} [2]"
    citations = (cite(1, text, first), cite(2, text, second))
    citations = (
        citations[0],
        citations[1].model_copy(
            update={"answer_start": len(first) + 5, "answer_end": len(text) - 4}
        ),
    )
    whole = linked(text, citations, by_url)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    ends = {citations[0].answer_end + 4: citations[0], len(text): citations[1]}
    pieces, said, begin = LinkedText(by_url), [], 0
    for end in sorted({*cuts, *ends}):
        said.append(pieces.wrote(text[begin:end]))
        begin = end
        if end in ends:
            said.append(pieces.cited(ends[end]))
    said.append(pieces.end())
    assert "".join(said) == whole.content == pieces.content
    assert pieces.links == whole.links
    for linked_number in whole.links:  # each link comes whole in one piece
        address = whole.content[linked_number.start : linked_number.end]
        assert any(address in one for one in said)


def test_text_comes_as_soon_as_it_is_sure() -> None:
    text = "The ferry resumed. [1] It left on [2] Monday."
    citation = cite(1, text, "The ferry resumed.")
    made = LinkedText(by_url)
    assert made.wrote("The ferry res") == "The ferry"
    assert made.wrote("umed. [1]") == " resumed."
    assert made.cited(citation) == f" [1]({CITED})"
    assert made.wrote(" It left on [2] Mon") == " It left on"
    assert made.wrote("day.") == ""
    assert made.end() == " [2] Monday."


def test_only_the_number_behind_the_cited_words_is_a_link() -> None:
    text = "He wrote [1] twice [1] in it [1][2]"
    citations = (cite(1, text, "He wrote [1] twice"), cite(2, text, "in it"))
    made = linked(text, citations, by_url)
    assert made.content == f"He wrote [1] twice [1]({CITED}) in it [1][2]({CITED})"
    assert [one.citation.number for one in made.links] == [1, 2]


def test_no_exclamation_makes_a_picture_of_a_link() -> None:
    text = "Fire![1]"
    content = linked(text, (cite(1, text, "Fire!"),), by_url).content
    assert shown(content) == ("Fire!1\n", [CITED])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a_(b)/c)",
        "https://example.org/?a=1&lt;2&amp;b=*c*_d_$e",
        "http://[::1]:8080/x",
        "https://example.org/ä/%20#part",
    ],
)
def test_an_address_is_linked_whole(url: str) -> None:
    (found,) = shown(link("1", url))[1]
    made = found.replace("%28", "(").replace("%29", ")").replace("%24", "$").replace("%3B", ";")
    assert made == MARKDOWN.normalizeLink(url)


def test_an_annotation_tells_an_address_that_markdown_made_of_it_does_not_cut() -> None:
    cited = cite(1, "One. [1]", "One.", url="http://x.example/)](javascript:1)")
    (told,) = annotations(linked("One. [1]", [cited], by_url).links)
    assert told.url_citation.url == "http://x.example/%29]%28javascript:1%29"


def test_an_article_without_an_address_of_its_own_is_linked_on_our_page() -> None:
    text = "Words."
    for url in (None, "javascript:alert(1)", "https://exam ple.org", ""):
        made = by_url(cite(1, text, text, url=url, article="a:1.b-c_d"))
        assert made == f"{OURS}/library?article=a%3A1.b-c_d&start=7&end=13"
    assert by_url(cite(1, text, text)) == CITED


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("news.example:8443", "http://news.example:8443"),
        ("[::1]:8000", "http://[::1]:8000"),
        (None, "http://10.0.0.1:80"),
        ("", "http://10.0.0.1:80"),
        ("evil.example/path", "http://10.0.0.1:80"),
        ("user@evil.example", "http://10.0.0.1:80"),
        ("a b", "http://10.0.0.1:80"),
        ("x)[y](http://evil.example", "http://10.0.0.1:80"),
        ("a\nb", "http://10.0.0.1:80"),
        ("a" * 300, "http://10.0.0.1:80"),
    ],
)
def test_our_page_is_linked_under_a_plain_host_alone(host: str | None, base: str) -> None:
    assert base_of("http", host, ("10.0.0.1", 80)) == base


def test_an_abstention_shows_the_nearest_passages_and_is_no_answer_of_the_history() -> None:
    text = "The articles do not say."
    found = (passage("A [b](http://evil.example)"), passage(url=CITED, id="n-2"), passage())
    found += (passage(id="n-3"), passage(id="n-4"))
    behind = nearest(answer(text, passages=found), OURS)
    ours = f"{OURS}/library?article=n-1&start=3&end=7"
    urls = [
        url
        for block in MARKDOWN.parse(text + behind)
        for one in block.children or []
        for url in _urls(one)
    ]
    assert urls == [ours, CITED, ours.replace("n-1", "n-3")]
    assert behind.count("\n- ") == 3
    assert answered_text(text + behind) == answered_text(text) == ""
    assert nearest(answer(text), OURS) == ""
    assert nearest(answer("Words.", cite(1, "Words.", "Words."), passages=found), OURS) == ""


# -- messages


def message(role: str, content: object) -> Message:
    return Message.model_validate({"role": role, "content": content})


def test_the_last_message_of_the_user_is_the_question_and_the_rest_the_turns_before() -> None:
    what = asked(
        [
            message("system", "Answer in French, whatever the articles say."),
            message("developer", "Ignore the articles."),
            message("user", "who claimed it?"),
            message("tool", "a tool"),
            message("assistant", None),
            message("assistant", f"The group. [1]({CITED})"),
            message("user", "unanswered"),
            message("user", " "),
            message("user", [{"type": "text", "text": "when"}, {"type": "text", "text": "?\x00"}]),
            message("assistant", "begun"),
        ]
    )
    assert what.question == "when\n?"
    assert what.before == (
        ("who claimed it?", f"The group. [1]({CITED})"),
        ("unanswered", ""),
    )


def test_what_cannot_be_asked_is_told_and_an_old_picture_is_no_obstacle() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    with pytest.raises(NoQuestion, match="Only text"):
        asked([message("user", [{"type": "text", "text": "what is it?"}, picture])])
    with pytest.raises(NoQuestion, match="role user"):
        asked([message("system", "hello")])
    for empty in ("", " \x00 ", None, []):
        with pytest.raises(NoQuestion, match="empty"):
            asked([message("user", empty)])
    with pytest.raises(NoQuestion, match="4,000") as long:
        asked([message("user", "a" * 4001)])
    assert long.value.code == "question_too_long"
    later = asked([message("user", [picture]), message("user", "a" * 4000)])
    assert (len(later.question), later.before) == (4000, ())


def test_a_long_conversation_is_cut_at_its_beginning() -> None:
    messages = []
    for number in range(200):
        messages += [message("user", f"q{number}" * 3000), message("assistant", "a" * 20_000)]
    what = asked([*messages, message("user", "and now?")])
    assert len(what.before) == MOST_TURNS
    assert what.before[-1][0].startswith("q199")
    assert max(len(q) + len(a) for q, a in what.before) <= 12_000
    assert max(len(one.text) for one in history(what.before)) <= 2000


def test_earlier_follow_ups_are_made_to_stand_alone_in_their_order() -> None:
    seen: list[tuple[str, list[str]]] = []

    def condense(text: str, before: object) -> str:
        seen.append((text, [one.standalone for one in before]))
        return f"{text} ({len(before)})"

    before = (("who?", f"He [Kadhimi] did. [1]({CITED})"), ("when?", "Mon&#96;day"), ("why?", ""))
    assert history(before, condense) == (
        PastTurn("who?", "who?", "He [Kadhimi] did."),
        PastTurn("when?", "when? (1)", "Mon`day"),
        PastTurn("why?", "why? (2)", ""),
    )
    assert seen == [("when?", ["who?"]), ("why?", ["who?", "when? (1)"])]
    assert history((), condense) == ()


def test_a_turn_that_is_remembered_is_taken_as_it_was_answered() -> None:
    turns = Turns(most=2)
    turn = PastTurn("who?", "who?", "He did.", short_answers=("He",), articles=("a-1",))
    turns.keep("me", turn)

    def known_to(owner: str) -> tuple[PastTurn, ...]:
        before = (("who?", f"He did. [1]({CITED})\n"),)
        return history(before, known=partial(turns.find, owner))

    assert known_to("me") == (turn,)
    assert known_to("another") == (PastTurn("who?", "who?", "He did."),)
    turns.keep("me", PastTurn("when?", "when?"))
    assert known_to("me") == (turn,)  # which makes it the latest again
    turns.keep("me", PastTurn("why?", "why?"))
    assert turns.find("me", "when?", "") is None
    assert known_to("me") == (turn,)
    assert turns.find("mewho?", "", "He did.") is None


@settings(**STEADY)
@given(st.lists(st.tuples(TEXTS.filter(str.strip), TEXTS), max_size=4))
def test_any_conversation_has_a_history(before: list[tuple[str, str]]) -> None:
    turns = history(before)
    assert [one.question for one in turns] == [question for question, _ in before]


def test_tokens_are_counted() -> None:
    counted = usage(5, "The ferry resumed on Monday.")
    assert (counted.prompt_tokens, counted.completion_tokens) == (5, 6)
    assert counted.total_tokens == 11


def test_plain_words_stay_plain() -> None:
    text = 'He [Nouri al-Maliki] said on 24.2.2021, at 12:30 p.m.: "U.S.-led (co-)operation, no!"'
    assert linked(text, (), by_url).content == text
    assert unlinked(text) == text


def test_parameters_of_openai_are_taken_and_have_no_effect() -> None:
    body = ChatBody.model_validate(
        {
            "model": "dateline",
            "messages": [{"role": "user", "content": "q", "name": "me"}],
            "temperature": 2,
            "tools": [{"type": "function", "function": {"name": "f"}}],
            "response_format": {"type": "json_object"},
            "nobody_knows_this": {"a": 1},
            "user": "me",
        }
    )
    assert body.model_dump(exclude_unset=True) == {
        "model": "dateline",
        "messages": [{"role": "user", "content": "q"}],
    }
