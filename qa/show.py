"""Answers and passages on a terminal. Text from articles is stripped of control sequences."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from index.rows import Stored
from qa.records import AbstainReason, Answer, Citation, Conflict, FoundPassage
from qa.records_articles import ArticleSummary, summary_of
from qa.target import target

_QUOTED = 300  #: so many characters of a passage are shown where the whole is too long

#: Why there is no answer, in words that come after "The articles do not say."
WHY = {
    AbstainReason.EMPTY_INDEX: "the index is empty: `dateline index PATH` adds articles, and "
    "--data names another folder",
    AbstainReason.NO_RELEVANT_PASSAGES: "nothing in them is about it",
    AbstainReason.LOW_SUPPORT: "they touch on it, but no sentence answers it",
    AbstainReason.OUT_OF_DATE_RANGE: "nothing about it was published between the dates asked for",
    AbstainReason.NOT_A_QUESTION: "that is no question",
}


def plain(text: str) -> str:
    """`text` without what a terminal would obey: escape sequences and other control characters."""
    return "".join(
        letter
        if letter in "\n\t" or unicodedata.category(letter)[0] != "C"
        else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def show_answer(answer: Answer) -> None:
    """Print the answer, its citations, and for an abstention the nearest passages.

    The few words that answer stand ahead of the sentences, one answer a line; not for "why" and
    "how", which sentences answer, and not for a yes-or-no question, where the text begins with it.
    """
    lines = short_answers(answer)
    if lines:
        print(plain("\n".join(lines)))
        print()
    print(plain(answer.text))
    for conflict in answer.conflicts:
        print(plain(conflict_line(conflict)))
    if answer.citations:
        print()
        for citation in answer.citations:
            print(plain(_citation(citation)))
        count = answer.independent_sources
        print(f"({count} independent source{'' if count == 1 else 's'})")
    elif answer.abstain_reason is not None:
        print(f"({WHY[answer.abstain_reason]})")
        if answer.passages:
            print("\nNearest passages:")
            show_passages(answer.passages[:3], with_scores=False)


def short_answers(answer: Answer) -> list[str]:
    """The short answers, one a line; with several each has its citation's number."""
    if answer.short_answer is None:
        return []
    if target(answer.standalone_question).kind in ("why", "how", "yes_no"):
        return []
    if not answer.also:
        return [answer.short_answer.text]
    return [f"{one.text} [{one.citation}]" for one in (answer.short_answer, *answer.also)]


def conflict_line(conflict: Conflict) -> str:
    """What is said otherwise: "The sources disagree: two [1]; three [2]"."""
    said = [
        f"{position.value} {''.join(f'[{n}]' for n in position.citations)}"
        for position in conflict.positions
    ]
    if conflict.kind != "update":
        return f"The sources disagree: {'; '.join(said)}"
    dated = [
        f"{text} ({position.published or 'undated'})"
        for text, position in zip(said, conflict.positions, strict=True)
    ]
    return f"Earlier reports said otherwise: latest {dated[0]}; before it {'; '.join(dated[1:])}"


def show_passages(passages: Sequence[FoundPassage], with_scores: bool = True) -> None:
    """Print passages with their source and date, and the parts of their scores."""
    if not passages:
        print("No passages.")
    for number, one in enumerate(passages, start=1):
        text = one.text if len(one.text) <= _QUOTED else one.text[:_QUOTED].rstrip() + " …"
        parts = ", ".join(f"{name} {value:.4g}" for name, value in one.parts.items())
        print(plain(f"{number}. {where_from(one.title, one.source, one.published)}"))
        print(plain("   " + " ".join(text.split())))
        if with_scores:
            print(f"   score {one.score:.3f} ({parts})")


def article_json(stored: Stored) -> dict[str, Any]:
    """An article without its text, as the HTTP service shows it."""
    return ArticleSummary(**summary_of(stored)).model_dump(mode="json")


def _citation(citation: Citation) -> str:
    told = where_from(citation.title, citation.source, citation.published)
    where = f"\n    {citation.url}" if citation.url else ""
    return f"[{citation.number}] {told}\n    “{citation.quote}”{where}"


def where_from(title: str, source: str | None, published: object) -> str:
    """An article in a line: "Title, Outlet, 2021-02-24"."""
    return ", ".join(
        str(part) for part in (title or "untitled", source, published or "undated") if part
    )
