"""The questions that make a gold case: each is asked until its answer can be used."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Protocol, get_args

from pydantic import ValidationError

from eval.answer_sentences import Excerpts
from eval.errors import EvalError
from eval.gold_file import Known
from eval.gold_schema import KINDS, GoldCase, GoldEvidence, Tag
from qa.records import Answer, Question
from qa.understand import understand
from qa.words import STOPWORDS

_LONGEST = 4000  #: characters of a line that is taken
#: What a case may be tagged with here. A single question is no turn, so it follows nothing, and
#: whether it is answerable is asked.
_TAGS = tuple(
    one
    for one in get_args(Tag)
    if one not in ("follow_up", "topic_change", "unanswerable", "near_miss")
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Facts = list[tuple[GoldEvidence, ...]]


class Person(Protocol):
    """Who is asked. What is told may hold text of articles, and is to be shown as data."""

    def tell(self, text: str = "") -> None: ...

    def ask(self, prompt: str) -> str:
        """One line, without its end. Raises `EOFError` when there is no more."""
        ...


def fill(answer: Answer, excerpts: Excerpts, known: Known, person: Person) -> GoldCase:
    """A case of the question that was answered, as the person tells.

    Raises `EOFError` when the input ends first, `EvalError` for an answer that no case can be of.
    """
    question = answer.standalone_question.strip()
    answers: list[str] = []
    facts: Facts = []
    if yes(person, "Do the articles answer the question? (y/n) "):
        if not excerpts.count:
            raise EvalError(
                "none of the passages stands in the articles that the gold set is asked over, so "
                "nothing shown can prove an answer; name the articles with --articles"
            )
        answers = _answers(answer, person)
        facts = _facts(excerpts, person)
    tags = _tags(_guessed(answer, facts), bool(answers), person)
    as_of = _day(answer.as_of, person)
    id = _id(question, known, person)
    note = _typed(person, "Note, why it is hard (may be left out): ") or None
    try:
        return GoldCase(
            id=id,
            question=question,
            answers=tuple(answers),
            evidence=tuple(facts),
            tags=tags,
            as_of=as_of,
            note=note,
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EvalError(f"no case can be made of it: {place}: {first['msg']}") from None


def _answers(answer: Answer, person: Person) -> list[str]:
    found: list[str] = []
    short = answer.short_answer
    if short and yes(person, f"Is “{shorten(short.text)}” an acceptable short answer? (y/n) "):
        found.append(short.text.strip())
    person.tell("Acceptable short answers, one on each line; an empty line ends.")
    while True:
        typed = _typed(person, f"  {len(found) + 1}: ")
        if typed and typed not in found:
            found.append(typed)
        elif not typed and found:
            return found
        elif not typed:
            person.tell("There must be one at least.")


def _facts(excerpts: Excerpts, person: Person) -> Facts:
    person.tell(
        "Which sentences prove it? One line for each fact that has to be proved: a number;\n"
        "several (1 4) where any one of them proves it; or words pasted from a passage, or a\n"
        "sentence from any article. A line that begins with + adds to the fact before it. An\n"
        "empty line ends."
    )
    facts: Facts = []
    while True:
        typed = _typed(person, f"  fact {len(facts) + 1}: ")
        if not typed and facts:
            return facts
        if not typed:
            person.tell("There must be one at least.")
            continue
        is_more = typed.startswith("+") and bool(facts)
        found = _evidence(typed.removeprefix("+").strip() if is_more else typed, excerpts, person)
        if not found:
            continue
        if is_more:
            facts[-1] = tuple(dict.fromkeys([*facts[-1], *found]))
        else:
            facts.append(found)
        articles = {one.article for one in facts[-1]}
        many = f", in {len(articles)} articles" if len(articles) > 1 else ""
        person.tell(f"          {len(facts[-1])} that prove it{many}")


def _evidence(typed: str, excerpts: Excerpts, person: Person) -> tuple[GoldEvidence, ...]:
    """What was typed as evidence; empty, and the person told why, when it is none."""
    if re.fullmatch(r"[0-9 ,]+", typed):
        found: list[GoldEvidence] = []
        for number in re.findall("[0-9]+", typed):
            sentence = excerpts.sentence(int(number[:9]))
            if not sentence:
                person.tell(f"There is no sentence {number}; they go from 1 to {excerpts.count}.")
                return ()
            found += sentence
        if found:
            return tuple(dict.fromkeys(found))
    # A person may paste with the quotation marks around it.
    pasted = excerpts.quote(typed) or excerpts.quote(typed.strip("“”\"' "))
    if not pasted:
        person.tell(
            "These words do not stand like that in a passage shown above or, as a whole sentence,\n"
            "in an article."
        )
    return pasted


def _guessed(answer: Answer, facts: Facts) -> list[str]:
    """The tags that the question and its evidence speak for."""
    question = Question(answer.standalone_question, as_of=answer.as_of)
    kind = understand(question, answer.as_of).kind
    guessed = [kind if kind in KINDS else "what"]
    articles = [{one.article for one in fact} for fact in facts]
    if len(articles) > 1 and not set.intersection(*articles):
        guessed.append("several_articles")
    if facts and answer.conflicts:
        guessed.append("contradiction")
    return guessed


def _tags(guessed: list[str], is_answerable: bool, person: Person) -> tuple[Tag, ...]:
    """Tags that a case can have; whether it is answerable is known already."""
    offered = [*_TAGS] if is_answerable else [*_TAGS, "near_miss"]
    fixed = [] if is_answerable else ["unanswerable"]
    person.tell(f"Tags: {' '.join(offered)}")
    while True:
        typed = re.split(r"[\s,]+", _typed(person, f"  [{' '.join(guessed)}] "))
        tags = [one for one in typed if one and one not in fixed] or guessed
        unknown = [one for one in tags if one not in offered]
        if unknown:
            person.tell(f"There is no tag {unknown[0]} to choose here.")
        elif not KINDS & set(tags):
            person.tell(f"One of them has to be {', '.join(sorted(KINDS))}.")
        else:
            return tuple(dict.fromkeys([*tags, *fixed]))  # type: ignore[arg-type]


def _day(given: date, person: Person) -> date | None:
    while True:
        typed = _typed(person, f"As of, YYYY-MM-DD or none [{given}] ")
        if not typed:
            return given
        if typed == "none":
            return None
        try:
            if _DAY.fullmatch(typed):
                return date.fromisoformat(typed)
        except ValueError:
            pass
        person.tell("Write the day as YYYY-MM-DD, or none.")


def _id(question: str, known: Known, person: Person) -> str:
    suggested = _suggested_id(question, known)
    while True:
        typed = _typed(person, f"Id [{suggested}] ") or suggested
        if typed in known.ids:
            person.tell("That id is taken.")
        elif re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", typed):
            return typed
        else:
            person.tell("An id has 1 to 80 of a-z 0-9 and -, and does not begin with -.")


def _suggested_id(question: str, known: Known) -> str:
    """The question's first words that say something, and a number if need be."""
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    telling = [one for one in words if one not in STOPWORDS] or words or ["case"]
    base = "-".join(telling[:5])[:60].rstrip("-")
    number, suggested = 1, base
    while suggested in known.ids:
        number += 1
        suggested = f"{base}-{number}"
    return suggested


def yes(person: Person, prompt: str) -> bool:
    """Whether the person says so. Raises `EOFError`."""
    while True:
        typed = person.ask(prompt).strip().lower()
        if typed in ("y", "yes", "n", "no"):
            return typed.startswith("y")
        person.tell("Answer y or n.")


def _typed(person: Person, prompt: str) -> str:
    """A line of text, without what is no text."""
    while True:
        typed = person.ask(prompt)
        if len(typed) <= _LONGEST:
            return re.sub(r"[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", typed).strip()
        person.tell(f"At most {_LONGEST:,} characters are taken.")


def shorten(text: str) -> str:
    """In one line, of bearable length."""
    whole = " ".join(text.split())
    return whole if len(whole) <= 100 else whole[:99] + "…"
