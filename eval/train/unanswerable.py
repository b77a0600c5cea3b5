"""Questions that a passage nearly answers: one name or number of them is another's.

Rajpurkar et al. 2018 ("Know What You Don't Know") name the swap of a name or number as the most
frequent way in which people make such questions, and made them by rule as a baseline.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from eval.train.examples import Group
from qa.days import DAY_NAMES
from qa.words import STOPWORDS

if TYPE_CHECKING:
    import numpy as np

_NAME = re.compile(r"(?<![.?!“\"] )(?<!^)\b[A-Z][\w-]+(?:\s[A-Z][\w-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")


def swapped(group: Group, random: np.random.Generator) -> Group | None:
    """The group with a name or number of its question swapped, so that no passage answers.

    The new name is one of the first passage's, neither in the question nor in an answer. None
    where nothing can be swapped.
    """
    first = group.texts[0]
    said = [first.text[a:b] for a, b in first.spans]
    named = [m for m in _NAME.finditer(group.question) if _is_name(m.group())]
    numbers = list(_NUMBER.finditer(group.question))
    known = f"{group.question} {' '.join(said)}".casefold()
    others = sorted(
        {
            m.group()
            for m in _NAME.finditer(first.text)
            if _is_name(m.group())
            and m.group().casefold() not in known
            and not any(word.casefold() in known for word in m.group().split())
        }
    )
    if named and others and (not numbers or random.random() < 0.7):
        old = named[int(random.integers(len(named)))]
        new = others[int(random.integers(len(others)))]
    elif numbers:
        old = numbers[int(random.integers(len(numbers)))]
        new = _other_number(old.group(), random)
    else:
        return None
    question = group.question[: old.start()] + new + group.question[old.end() :]
    return Group(question, tuple(replace(text, spans=()) for text in group.texts[:1]))


def _is_name(text: str) -> bool:
    return text not in DAY_NAMES and text.split()[0].lower() not in STOPWORDS and len(text) > 2


def _other_number(text: str, random: np.random.Generator) -> str:
    """Another number of as many digits."""
    while True:
        digits = iter(random.integers(0, 10, len(text)))
        made = "".join(str(next(digits)) if c.isdigit() else c for c in text)
        if made != text and not made.startswith("0"):
            return made
