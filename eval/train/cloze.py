"""Questions made from news, with no one having asked them: practice in reading across articles.

A name, an amount or a day in a sentence of one article is asked for by the rest of the sentence,
and is to be found in *another* article's passage, which our own retrieval names (after Lewis et
al. 2019, "Unsupervised Question Answering by Cloze Translation", and Fabbri et al. 2020,
"Template-Based Question Generation from Retrieved Sentences"). What retrieval thinks as good and
does not hold the answer is a passage that looks right and isn't.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from eval.train.examples import Group, Text
from eval.train.holding import places
from index.records import Article, Hit
from index.sentences import sentences
from qa.days import DAY_NAMES
from qa.words import STOPWORDS, key, words

if TYPE_CHECKING:
    import numpy as np

Retrieve = Callable[[str, date | None], Sequence[Hit]]

_NAME = re.compile(
    r"(?:[A-Z][\w’'-]+|[A-Z]\.)(?:\s(?:of|al|de|bin|van|von|and the)\s[A-Z][\w’'-]+"
    r"|\s[A-Z][\w’'-]*\.?(?=\W|$)|\s\d+(?=\W|$))*"
)
_AMOUNT = re.compile(
    r"[$£€]\s?\d[\d,.]*\d?(?:\s?(?:million|billion|trillion|bn|m|k))?\b"
    r"|\b\d[\d,.]*\s?(?:%|percent\b|per cent\b)"
    r"|\b\d[\d,]*(?:\.\d+)?(?:\s(?:million|billion|trillion))?\b"
)
_DAY = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s\d{1,2}\b(?:,\s\d{4})?|\b(?:19|20)\d\d\b"
)
_TITLES = re.compile(
    r"\b(?:President|Minister|Mr|Mrs|Ms|Dr|Senator|Sen|Rep|Gov|King|Queen|Judge|Justice|Pope|Sir)"
    r"\.?\s*$"
)
_IN = re.compile(r"\b(?:in|at|near|from|across|outside)\s*(?:the\s)?$")
_DOES = re.compile(r"^\s(?:said|says|told|added|tweeted|wrote|won|died|has said|announced)\b")


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question and the words that it asks for."""

    question: str
    answer: str
    sentence: str  #: that it was made from


def clozes(article: Article, random: np.random.Generator, most: int) -> list[Cloze]:
    """Up to `most` questions from an article's first sentences, no answer asked for twice."""
    text = article.text[:4000]
    inside = Counter(m.group() for m in re.finditer(r"(?<=[a-z,] )[A-Z][\w’'-]+", text))
    found: dict[str, list[Cloze]] = {}
    for start, end in sentences(text)[:14]:
        sentence = " ".join(text[start:end].split())
        if not 50 <= len(sentence) <= 260 or sentence.endswith("?") or "@" in sentence:
            continue
        capitals = sum(word.text[:1].isupper() for word in words(sentence))
        if capitals > 0.55 * len(sentence.split()):
            continue  # a headline in capitals
        for a, b, kind in _spans(sentence, inside):
            made = Cloze(_asked(sentence, a, b, kind, random), sentence[a:b], sentence)
            found.setdefault(sentence[a:b].casefold(), []).append(made)
    answers = list(found)
    chosen = [answers[place] for place in random.permutation(len(answers))[:most]]
    return [found[one][int(random.integers(len(found[one])))] for one in chosen]


def _spans(sentence: str, inside: Counter[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of what can be asked for."""
    taken: list[tuple[int, int]] = []
    for kind, pattern in (("day", _DAY), ("amount", _AMOUNT), ("name", _NAME)):
        for match in pattern.finditer(sentence):
            a, b = match.span()
            b -= len(match.group()) - len(match.group().rstrip(".,"))
            if re.search(r"['’]s$", sentence[a:b]):
                b -= 2
            if kind == "name":
                first = sentence[a:b].split()[0]
                if a == 0 and " " not in sentence[a:b] and not inside[first]:
                    continue  # a capital only for being the first word
                if (
                    sentence[a:b] in DAY_NAMES
                    or first.lower() in STOPWORDS
                    or len(sentence[a:b]) < 3
                ):
                    continue
            if any(a < d and c < b for c, d in taken):
                continue
            taken.append((a, b))
            if b - a <= 50:
                yield a, b, kind


def _asked(sentence: str, a: int, b: int, kind: str, random: np.random.Generator) -> str:
    """The sentence as a question for sentence[a:b]."""
    before, after = sentence[:a], sentence[b:].rstrip(' .!"”')
    word, took = _wh_word(sentence[a:b], before, after, kind, random)
    before = before[: len(before) - took]
    if not before.strip(' "“') or random.random() < 0.35:
        front = f"{word}{after}" if not before.strip() else f"{word}{after} {before}".rstrip(" ,")
        question = front[0].upper() + front[1:]
    else:
        question = f"{before}{word}{after}"
    return " ".join(question.split()) + "?"


def _wh_word(
    answer: str, before: str, after: str, kind: str, random: np.random.Generator
) -> tuple[str, int]:
    """What asks, and how many characters before it the question goes without."""
    if kind == "day":
        preposition = re.search(r"\b(?:in|on|by|since)\s$", before)
        took = len(preposition.group()) if preposition else 0
        year = bool(re.fullmatch(r"\d{4}", answer))
        if took and random.random() < 0.6:
            return "when", took
        return ("which year" if year else "which day"), 0
    if kind == "amount":
        if "%" in answer or "per" in answer:
            return "what percentage", 0
        if answer[0] in "$£€":
            return "how much", 0
        return "how many", 0
    if _TITLES.search(before) or _DOES.match(after):
        return "who", 0
    if _IN.search(before):
        preposition = _IN.search(before)
        assert preposition is not None
        if random.random() < 0.4:
            return "where", len(preposition.group())
        return str(random.choice(["which country", "which city", "which place", "what"])), 0
    plain = ["who", "what", "which", "which company", "which country", "who", "what"]
    return str(random.choice(plain)), 0


def group_of(
    cloze: Cloze,
    article: Article,
    retrieve: Retrieve,
    negatives: int,
    usable: Callable[[str], bool],
) -> Group | None:
    """The question with the best passage of another article that holds the answer, and wrong ones.

    None where no other usable article's passage holds it beside two more of the sentence's words.
    """
    rest = {word.key for word in words(cloze.sentence)} - STOPWORDS
    rest -= {key(word) for word in cloze.answer.split()}
    right: Text | None = None
    wrong: list[Text] = []
    for hit in retrieve(cloze.question, article.published):
        passage = hit.passage
        if passage.article_id == article.id or not usable(passage.article_id):
            continue
        if cloze.sentence[:60] in " ".join(passage.text.split()):
            continue  # a copy of the same report
        spans = places(passage.text, cloze.answer)
        if not spans:
            wrong.append(Text(passage.title, passage.text))
        elif right is None:
            near = {word.key for word in words(passage.text)}
            if len(rest & near) >= max(2, 0.3 * len(rest)):
                right = Text(passage.title, passage.text, spans)
    if right is None or not wrong:
        return None
    return Group(cloze.question, (right, *wrong[:negatives]))
