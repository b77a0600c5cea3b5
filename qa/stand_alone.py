"""A follow-up made to stand alone, from the turns before it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.records import Answer, PastTurn


def past_turn(answer: Answer) -> PastTurn:
    """An answer as what a later question may be a follow-up of."""
    short = [answer.short_answer, *answer.also] if answer.short_answer else []
    return PastTurn(
        question=answer.question,
        standalone=answer.standalone_question,
        text=answer.text,
        short_answers=tuple(one.text for one in short),
        articles=tuple(dict.fromkeys(one.article_id for one in answer.citations)),
    )


def stand_alone(text: str, history: Sequence[PastTurn]) -> str:
    """The question with what it leaves to the turns before it put in, oldest turn first."""
    return text
