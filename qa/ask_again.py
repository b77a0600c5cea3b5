"""The last question asked again: for another thing ("why?"), or of another ("and Balad?")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.days import DAY_NAMES
from qa.phrases import IsName, phrases
from qa.target import AUXILIARIES
from qa.verbs import base_form
from qa.words import word_set, words

_WH = re.compile(
    r"^(?:(?:in|at|on|by|for|to|from|with|since|until) )?"
    r"(?:who|whom|whose|when|where|why|what|which|how(?: (?:many|much|long|often|old|far|big))?)\b",
    re.I,
)
_BE = word_set("is are was were am")
_BY = ("who", "by who", "by whom")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its parts: "how many" + "rockets" + "were" + "fired at Balad"."""

    wh: str  #: "" in a yes-or-no question
    noun: str  #: behind the word that asks, ahead of the verb
    aux: str  #: "" where the asked-for thing is the subject itself: "who claimed it"
    rest: str


_DAY = "|".join(sorted(DAY_NAMES, key=len, reverse=True))
#: A time in a question, with its preposition.
_TIME = re.compile(
    rf"\s*\b(?:(?:in|on|at|during|since|by|until|before|after) )?(?:the )?(?:"
    rf"(?:last|this|next|past|earlier|coming|previous|recent) (?:\w+ )?"
    rf"(?:week|month|year|day|night|weekend|morning|evening|{_DAY})s?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_DAY})(?: \d{{4}})?|"
    rf"(?:day|night|week|month|year) (?:before|after|earlier|later)|"
    rf"(?:{_DAY})(?: \d{{1,2}}(?:st|nd|rd|th)?\b)?(?: \d{{4}})?(?: night| morning| evening)?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)|yesterday|today|tonight|tomorrow|now)\b",
    re.I,
)


def parts(question: str) -> Asked:
    """A question in its parts, without its question mark."""
    text = question.rstrip(" ?!.")
    found = _WH.match(text)
    wh = found.group() if found else ""
    rest = text[len(wh) :].strip()
    noun: list[str] = []
    for word in rest.split():
        lower = word.lower()
        if lower in AUXILIARIES:
            behind = rest[len(" ".join([*noun, word])) :].strip()
            return Asked(wh, " ".join(noun), lower, behind)
        if len(noun) == 4 or not wh or (base_form(lower) != lower and noun):
            break
        if base_form(lower) != lower and not noun and wh.lower() in ("who", "what"):
            break
        noun.append(word)
    place = _verb_place(rest.split(), wh.lower())
    spaced = rest.split()
    return Asked(wh, " ".join(spaced[:place]), "", " ".join(spaced[place:]))


def _verb_place(spaced: Sequence[str], wh: str) -> int:
    """Where the verb of "which group claimed it" stands; 0 where "who" itself is the subject."""
    if wh in ("who", "what", ""):
        return 0
    for place, word in enumerate(spaced[1:5], 1):
        if base_form(word.lower()) != word.lower():
            return place
    return min(1, len(spaced))


def for_another(question: str, wh: str, answers: Sequence[str]) -> str:
    """The question with another thing asked for: "who claimed the attack?" and "when" give
    "when did X claim the attack?". `answers` are what it was answered with; may be empty."""
    asked = parts(question)
    subject = " and ".join(answers[:3]) or asked.noun or "it"
    if wh in ("how many", "how much") and (counted := _counted(asked) or _plural(answers)):
        return f"{wh} {counted}?"
    if not asked.wh:
        aux, rest = asked.aux, asked.rest
        return _joined(wh, aux, rest) if aux else _joined(wh, "is it that", question.rstrip(" ?"))
    if asked.wh.lower() == "how many" and not asked.noun:
        asked = replace(asked, noun="people")  # "how many were wounded"
    fills = asked.wh.lower() in ("who", "what", "whom") and not asked.noun
    if asked.aux in _BE:
        if wh in _BY and re.search(r"\w(?:ed|n|t)\b", asked.rest):
            return _joined("by whom", asked.aux, asked.noun, asked.rest)
        return _joined(wh, asked.aux, asked.noun or (subject if fills else ""), asked.rest)
    if asked.aux:
        objects = asked.wh.lower() in ("who", "whom", "what") and not asked.noun
        behind = subject if objects and answers and len(subject.split()) <= 8 else asked.noun
        return _joined(wh, asked.aux, asked.rest, behind)
    verb, _, rest = asked.rest.partition(" ")
    does = "does" if re.fullmatch(r"[a-z]+[^s]s", verb) else "did"
    return _joined(wh, does, subject, base_form(verb.lower()), rest)


def _counted(asked: Asked) -> str:
    """What "how many" counts, with the question behind it: "rockets were fired at Balad"."""
    if asked.noun and asked.aux:
        return _joined(asked.noun, asked.aux, asked.rest)[:-1]
    found = re.match(r"((?:US |Iraqi |\w+ )?[a-z]+[^s]s|people)\b(.*)", asked.rest)
    if asked.aux and found:
        return _joined(found[1], asked.aux, found[2].strip())[:-1]
    return ""


def _plural(answers: Sequence[str]) -> str:
    """ "rockets struck the Green Zone", an answer that begins with what can be counted."""
    found = re.match(r"([a-z]+[^s]s\b.*)", answers[0], re.I) if answers else None
    return found[1][:1].lower() + found[1][1:] if found else ""


def with_else(question: str) -> str:
    """ "who claimed it?" as "who else claimed it?"."""
    found = _WH.match(question)
    if not found or found.group().lower() not in ("who", "what", "where", "whom"):
        return ""
    return f"{found.group()} else{question[found.end() :]}"


@dataclass(frozen=True, slots=True)
class Other:
    """What the question is asked of instead: "in" + "Baghdad"."""

    preposition: str
    text: str
    kind: str  #: a ReferentKind, "" where it is not known


def of_another(question: str, other: Other, is_name: IsName, kinds: dict[str, str]) -> str:
    """The question with its like exchanged: "when was the attack on Erbil?" and "Balad".

    `kinds`: kind of each name that the question may hold, by its words in lower case. What has no
    like in the question is put behind it.
    """
    text = question.rstrip(" ?!.")
    if other.kind != "time":
        runs = _name_runs(text, is_name)
        if other.kind in ("", "name", "person", "place", "group") and runs:
            start, end = _like(text, runs, other, kinds)
            if end:
                return _exchanged(text, start, end, other, is_name)
        if other.kind not in ("place",):
            for phrase in phrases(text, is_name):
                same = phrase.after == other.preposition if other.preposition else True
                if same and phrase.definite and not phrase.is_event and not phrase.named:
                    return f"{text[: phrase.start]}{other.text}{text[phrase.end :]}?"
    else:
        found = _TIME.search(text)
        if found:
            text = f"{text[: found.start()]}{text[found.end() :]}".strip()
        return _joined(text, other.preposition, other.text)
    lead = other.preposition or ("in" if other.kind == "place" else "")
    return _joined(text, lead, other.text)


def _exchanged(text: str, start: int, end: int, other: Other, is_name: IsName) -> str:
    """ "Balad" for "Erbil" in "the Erbil attack"; "in Baghdad" for all of "erbil airport"."""
    for phrase in phrases(text, is_name):
        if phrase.start <= start < end <= phrase.end and not phrase.is_event:
            lead = text[: phrase.start]
            if phrase.end > end and not other.preposition and " " in other.text:
                # "the White House" for all of "the American government"
                return f"{lead}{other.text}{text[phrase.end :]}?"
            if other.preposition and (phrase.end > end or not phrase.after):
                lead = re.sub(rf"\b{phrase.after} $", "", lead) if phrase.after else lead
                return f"{lead}{other.preposition} {other.text}{text[phrase.end :]}?"
            if phrase.end == end:  # "at the Green Zone", "at Erbil"
                start = phrase.start
    return f"{text[:start]}{other.text}{text[end:]}?"


def _like(
    text: str, runs: Sequence[tuple[int, int]], other: Other, kinds: dict[str, str]
) -> tuple[int, int]:
    """The name to be exchanged: behind the same preposition, of the same kind, or the only one."""
    if other.preposition:
        for start, end in runs:
            if re.search(rf"\b{other.preposition} (?:the )?$", text[:start], re.I):
                return start, end
    if other.kind and other.kind != "name":
        for start, end in runs:
            if kinds.get(text[start:end].lower()) == other.kind:
                return start, end
    unknown = [
        (a, b) for a, b in runs
        if not other.kind or kinds.get(text[a:b].lower(), "name") in ("name", other.kind)
    ]  # fmt: skip
    return unknown[0] if unknown else runs[-1]


def _name_runs(text: str, is_name: IsName) -> list[tuple[int, int]]:
    """Runs of names, "al" and "of" between two of them included."""
    runs: list[tuple[int, int]] = []
    for word in words(text):
        if not is_name(word):
            continue
        between = text[runs[-1][1] : word.start] if runs else ""
        if runs and re.fullmatch(r"[\s\-’']+(?:(?:al|of|el|bin)[\s\-]+)?", between):
            runs[-1] = (runs[-1][0], word.end)
        else:
            article = re.search(r"\b(?:al|el)[- ]$", text[: word.start], re.I)
            runs.append((article.start() if article else word.start, word.end))
    return runs


def _joined(*pieces: str) -> str:
    return " ".join(piece for piece in pieces if piece).rstrip(" ?") + "?"
