"""Verbs brought to their base form: "claimed" → "claim", "took" → "take"."""

from __future__ import annotations

import re

from qa.words import IRREGULAR

_SAME = frozenset("hit cut put set let cost hurt shut quit read spread split".split())
_SILENT = re.compile(
    r"(?:[aeiou]?(?:at|iz|us|uc|v|u|ag|eg)|nc|rc|ls|ns|rs|dg|rg|ng|bl|pl|tl|dl|gl|[^aeiou]is)$"
)
_NOT_SILENT = re.compile(r"(?:eat|treat|repeat|defeat|focus|discus|bring|belong|hang|long)$")


#: In the list of irregular forms, and no verbs.
_NOUNS = frozenset(
    """winner winners shot shots sale sales loss losses dead death deaths choice flight flights
    growth meeting meetings attacker attackers marriage denial denials election elections injury
    injuries percentage arrest arrests""".split()
)


def is_past(word: str) -> bool:
    """Whether a word, in lower case, is the past form of a verb, and no noun spelled alike."""
    return word not in _NOUNS and (word in _SAME or base_form(word) != word)


def base_form(word: str) -> str:
    """The base of a verb in the past or with a third person's -s, lower case; else `word` itself.

    By rule where no list has it, so an odd verb may lose its silent e.
    """
    if word in _SAME:
        return word
    listed = IRREGULAR.get(word)
    if listed and listed.isalpha():
        return listed
    if len(word) > 4 and word.endswith("ied"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("ed") and not word.endswith("eed"):
        return _without_ending(word[:-2])
    return word


def _without_ending(stem: str) -> str:
    if re.search(r"([bdgmnprt])\1$", stem):
        return stem[:-1]
    if _NOT_SILENT.search(stem):
        return stem
    short = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", stem)
    return stem + "e" if short or _SILENT.search(stem) else stem
