"""Helps a person to make a gold case of a question that was asked and of the answer it got.

One dialogue, on a terminal or over a pipe: see the answer, say whether the articles answer the
question, name the words and the sentences, and have the case added to a gold file.
"""

from __future__ import annotations

from pathlib import Path

from eval.annotate_form import Person, fill, shorten, yes
from eval.answer_sentences import Excerpts
from eval.errors import EvalError
from eval.gold_file import GoldFile, Known, line_of
from eval.gold_schema import GoldCase
from qa.journal import kept_answer, kept_answers
from qa.records_feedback import KeptAnswer

_RECENT = 20  #: answers listed, unless all are asked for


class Stopped(EvalError):
    """The person's input ended before the case was made."""


def annotate_kept(
    data: Path,
    gold: GoldFile,
    person: Person,
    *,
    answer_id: str | None = None,
    only_judged: bool = False,
    show_all: bool = False,
) -> int:
    """Cases of answers that a service kept in `data`, one after the other as the person chooses.

    Returns how many were added. Raises `JournalUnreadable`, and what `annotate` raises.
    """
    if answer_id is not None:
        kept = kept_answer(data, answer_id)
        if kept is None:
            raise EvalError(f"{data} keeps no answer with the id {answer_id!r}; see the list.")
        return int(annotate(kept, gold, person) is not None)
    ids = _list(data, gold, person, only_judged, None if show_all else _RECENT)
    if not ids:
        why = "with feedback" if only_judged else "yet"
        person.tell(f"{data} keeps no answers {why}.")
        return 0
    added = 0
    while (chosen := _chosen(person, ids)) is not None:
        kept = kept_answer(data, chosen)
        if kept is None:
            person.tell("That one is kept no more.")
            continue
        added += annotate(kept, gold, person) is not None
    return added


def annotate(kept: KeptAnswer, gold: GoldFile, person: Person) -> GoldCase | None:
    """A case of one answer, added to `gold`; None when the person would rather not.

    Raises `Stopped` when the input ends first, and what `GoldFile.texts` and `GoldFile.add` raise;
    then nothing was added.
    """
    answer = kept.answer
    excerpts = Excerpts(answer, gold.texts)
    known = gold.known()
    _show(kept, excerpts, known, person)
    try:
        person.tell()
        case = fill(answer, excerpts, known, person)
        person.tell(f"\n{line_of(case)}\n")
        is_wanted = yes(person, f"Add it to {gold.path}? (y/n) ")
    except EOFError:
        raise Stopped("the input ended in the middle of a case; nothing of it was added") from None
    if not is_wanted:
        person.tell("Not added.")
        return None
    gold.add(case)
    person.tell(f"Added {case.id} to {gold.path}.")
    return case


def _list(
    data: Path, gold: GoldFile, person: Person, only_judged: bool, most: int | None
) -> list[str]:
    """Shows the answers, numbered from 1; their ids."""
    known = gold.known()
    ids = []
    for kept in kept_answers(data, only_judged=only_judged, most=most):
        answer, feedback = kept.answer, kept.feedback
        ids.append(answer.id)
        thumb = "" if feedback is None else "up  " if feedback.is_positive else "down"
        short = answer.short_answer.text if answer.short_answer else answer.status.value
        mark = "   (in the gold set)" if known.asks(answer.standalone_question) else ""
        question = shorten(answer.question)
        asked = f"{kept.asked:%Y-%m-%d %H:%M}"
        person.tell(f"{len(ids):3} {thumb:4} {asked}  {question} → {shorten(short)}{mark}")
        if feedback is not None and feedback.reason:
            person.tell(f"           “{shorten(feedback.reason)}”")
    return ids


def _chosen(person: Person, ids: list[str]) -> str | None:
    while True:
        try:
            typed = person.ask(f"\nWhich one? (1 to {len(ids)}, nothing to end) ").strip()
        except EOFError:
            return None
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= len(ids):
            return ids[int(typed[:9]) - 1]
        person.tell("That is no number of the list.")


def _show(kept: KeptAnswer, excerpts: Excerpts, known: Known, person: Person) -> None:
    answer, feedback = kept.answer, kept.feedback
    person.tell(f"\nQuestion  {answer.question}")
    if answer.standalone_question != answer.question:
        person.tell(f"In full   {answer.standalone_question}")
    if known.asks(answer.standalone_question):
        person.tell("          (is in the gold set already)")
    person.tell(f"As of     {answer.as_of}")
    if answer.short_answer:
        person.tell(f"In short  {answer.short_answer.text}")
    person.tell(f"Answer    {answer.text}")
    for one in answer.citations:
        person.tell(f"          [{one.number}] {shorten(one.title)}: “{one.quote}”")
    if feedback is not None:
        why = f": “{feedback.reason}”" if feedback.reason else ""
        person.tell(f"Feedback  {'thumb up' if feedback.is_positive else 'thumb down'}{why}")
    person.tell("\nThe passages, sentence by sentence (> is quoted in the answer):")
    for excerpt in excerpts.shown:
        person.tell(f"\n{shorten(excerpt.heading)} ({excerpt.article})")
        for one in excerpt.sentences:
            number = "  -" if one.number is None else f"{one.number:3}"
            person.tell(f"{'>' if one.is_cited else ' '}{number}  {one.text}")
    if any(one.number is None for excerpt in excerpts.shown for one in excerpt.sentences):
        person.tell("\n- is not in the articles that the gold set is asked over, as they are now.")
