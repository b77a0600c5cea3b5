"""Questions that ask for several answers: "which militias denied it?", "who were the winners?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.antecedent import is_subject_verb
from qa.mentions import MOST, Mention, mentions
from qa.names import alike
from qa.records import Finding, Understood
from qa.said import answer_numbers, sentence_of, span_of
from qa.target import AUXILIARIES, Target
from qa.values import same_value
from qa.words import STOPWORDS, key, word_set, words

#: In -s, and one thing; or words that stand before the noun that is asked for.
_ONE = word_set(
    """news series species politics economics physics athletics gymnastics mathematics statistics
    crisis basis analysis chess bus gas virus campus census consensus process business access
    princess actress boss class glass press address congress success illness witness loss mass
    sports sales arms games women's men's children's his its this us plus status"""
)
_MANY = word_set("people men women children those these wives mice criteria phenomena media")
#: What a question may have before its plural noun: "two", "US", "bigger", "political".
_MODIFIES = re.compile(
    r"^[A-Z]|^(?:two|three|four|five|six|seven|ten|other|main|major|new|big|top|old|many|few|more|"
    r"small|large|sports|arms|world|oil|tech|news|foreign|state|young)$|(?:er|est|ed|ing|al|ic|ous|"
    r"ful|an|ish|ive|ary)$"
)
_VERBS = word_set("causes happens makes means comes remains follows leads goes takes says was")
_JOINS = r"(?:,\s(?:and\s|or\s|as well as\s)?|\s(?:and|or|as well as|&)\s)(?:the\s|both\s|also\s)?"
_AND = re.compile(r"\s(?:and|as well as|&)\s")


def asks_for_several(question: str) -> bool:
    """Whether a question's grammar asks for more than one answer.

    "which militias", "what countries", "who were", "what are the names", "name the winners".
    """
    question = question.lower() if question.isupper() else question
    text = re.sub(r"^\W+", "", question).lower()
    if re.match(r"who(?:['’]re| are| were)\b", text):
        return not re.match(r"\S+(?: are| were)? (?:you|we|they|\w+ing)\b", text)
    if noun := re.match(
        r"(?:which|what)(?:['’]re| are| were) (?:the|his|her|its|their|some of the) "
        r"(?:[\w-]+ ){0,2}?([\w-]+)(?: (?:of|that|which|who|in|for|behind|on)\b|\W*$)",
        text,
    ):
        return _is_plural(noun[1])
    if re.match(r"(?:name|list)\b(?! of\b)", text):
        return any(_is_plural(word) for word in re.findall(r"[a-z’']+", text)[1:5])
    asked = re.search(r"\b(?:which|what|names? the|list the)\b(.*)", question, re.I | re.S)
    if asked is None:
        return False
    before = ""
    for word in re.findall(r"[A-Za-z’'-]+|,", asked[1])[:4]:
        small = word.lower() in STOPWORDS | AUXILIARIES and not word.isupper()
        if word == "," or small:
            return False
        if _is_plural(word) and (not before or _MODIFIES.search(before)):
            return word not in _VERBS
        before = word
    return False


def _is_plural(word: str) -> bool:
    """Whether a word has the form of a plural; not where it is a name or a possessive."""
    if not word.islower() or re.search(r"['’]s?$", word):
        return False
    if word in _MANY:
        return True
    return len(word) > 3 and word.endswith("s") and word[-2:] != "ss" and word not in _ONE


def whole_list(
    question: Understood, asked: Target, finding: Finding, several: bool
) -> tuple[int, int] | None:
    """The list that a short answer is one item of, where all of it answers; else its own place.

    All of it does where several were asked for, and where the names joined by "and" together do
    what "who" asks: "Ana Lind and Omar Reza signed it". A name of the question is no answer, so
    that a list which holds one stays apart.
    """
    span = finding.span
    if span is None or (not several and (asked.kind != "who" or asked.heads or asked.describes)):
        return span
    passage = finding.hit.passage
    found = mentions(passage, finding.start, finding.end)
    at = next((i for i, m in enumerate(found) if m.start < span[1] and span[0] < m.end), None)
    if at is None:
        return span
    first = last = at
    while first and _joined(finding, found[first - 1].end, found[first].start):
        first -= 1
    while last + 1 < len(found) and _joined(finding, found[last].end, found[last + 1].start):
        last += 1
    items = found[first : last + 1]
    place = min(span[0], items[0].start), max(span[1], items[-1].end)
    text = _text(finding, *place)
    if len(items) < 2 or not _AND.search(text) or any(_is_asked(question, m) for m in items):
        return span
    if not several and not _together(finding, place, asked):
        return span
    return place


def _joined(finding: Finding, left: int, right: int) -> bool:
    return bool(re.fullmatch(_JOINS, _text(finding, left, right)))


def _is_asked(question: Understood, mention: Mention) -> bool:
    asked = [word.text for name in question.names for word in words(name)]
    return any(alike(word.text, one) > 0 for word in words(mention.text) for one in asked)


def _together(finding: Finding, place: tuple[int, int], asked: Target) -> bool:
    """Whether a list stands right before the question's verb, or right behind its "by"."""
    action = asked.verb or (key(asked.action) if asked.action else None)
    if action is None:
        return False
    after = _text(finding, place[1], finding.end)
    verb = re.match(r"(?:\s(?:has|have|had|both|also|jointly|together|then|later))*\s(\w+)", after)
    if verb and is_subject_verb(after) and key(verb[1]) == action:
        return True
    before = _text(finding, finding.start, place[0])
    passive = re.search(r"(\w+)(?:\s[\w’'-]+){0,4}\sby(?:\sthe|\sboth)?\s$", before)
    return bool(passive) and any(w.key == action for w in words(passive.group()))


def further(
    question: Understood,
    findings: Sequence[Finding],
    lead: Finding,
    listed: str,
    share: float,
    most: int,
) -> list[Finding]:
    """The best finding of each further answer that is likely enough, at most `most`.

    Likely enough is `share` of the lead's probability. What the lead's list has already, and what
    the question names itself, is no further answer.
    """
    numbers = answer_numbers(question, findings)
    own = numbers[list(findings).index(lead)]
    kept: list[Finding] = []
    seen = {own}
    for finding, number in zip(findings, numbers, strict=True):
        if len(kept) >= most or number in seen or finding.span is None:
            continue
        if finding.span_score < share * lead.span_score:
            continue
        if any(_within(span_of(finding), said) for said in (listed, *map(span_of, kept))):
            continue
        if _of_question(question, finding):
            continue
        seen.add(number)
        kept.append(finding)
    return kept


def lists(one: Finding, other: Finding) -> bool:
    """Whether a finding's short answer is a list that has the other's."""
    return _within(span_of(other), span_of(one))


def _within(said: str, listed: str) -> bool:
    """Whether an answer is one of a list's items in some spelling, or has one of them in it."""
    if max(len(said), len(listed)) > MOST:
        return said == listed
    items = re.split(r",\s(?:and\s)?|\s(?:and|or|as well as|&)\s", listed)
    own = {word.key for word in words(said)}
    if any(same_value(said, item) for item in [listed, *items]):
        return True
    own -= STOPWORDS
    keys = [{word.key for word in words(item)} - STOPWORDS for item in items]
    return any(one and own and (one <= own or own <= one) for one in keys)


def _of_question(question: Understood, finding: Finding) -> bool:
    """Whether a span has no word that the question lacks."""
    asked = {word.key for word in words(question.text)}
    own = {word.key for word in words(span_of(finding))} - STOPWORDS
    return bool(own) and own <= asked


def _text(finding: Finding, start: int, end: int) -> str:
    offset = finding.start
    return sentence_of(finding)[max(0, start - offset) : max(0, end - offset)]
