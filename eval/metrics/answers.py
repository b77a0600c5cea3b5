"""Measures of short answers, as pure functions of one case.

EM and F1 are SQuAD's, to the letter, so that they can be set beside published figures. Whether a
passage holds an answer (R@k) is taken by a normalisation that knows the typography of news. Whether
an answer is right, as a person would judge, is between the two: see `is_right`.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable

from eval.metrics.answer_words import answer_words, stands

#: An answer is judged by its first words, so that length alone makes nothing right. Three
#: sentences of news have about 75.
WORDS_READ = 100

_ASCII_MARKS = str.maketrans("", "", string.punctuation)
_NEWS_MARKS = str.maketrans("", "", string.punctuation + "“”‘’—–…")
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def squad_normalise(text: str) -> str:
    """Lower case, no ASCII punctuation, no a/an/the, single spaces, in this order.

    What SQuAD's official scripts do (Rajpurkar et al., 2016, arXiv:1606.05250), and no more:
    typographic marks stay.
    """
    return _spaced(text.lower().translate(_ASCII_MARKS))


def normalise(text: str) -> str:
    """As `squad_normalise`, with the typographic quotation marks and dashes of news as marks too.

    For measures that look for a string in a text.
    """
    return _spaced(text.lower().translate(_NEWS_MARKS))


def _spaced(text: str) -> str:
    return " ".join(_ARTICLES.sub(" ", text).split())


def holds_answer(text: str, answers: Iterable[str]) -> bool:
    """Whether one of the answers stands in the text, both normalised, at word borders.

    The test behind R@k by string (DPR's "accuracy": Karpukhin et al., 2020, arXiv:2004.04906).
    """
    padded = f" {normalise(text)} "
    wanted = [normalise(answer) for answer in answers]
    return any(f" {answer} " in padded for answer in wanted if answer)


def exact_match(prediction: str, answers: Iterable[str]) -> float:
    """EM: 1 when the prediction equals an answer, both normalised, else 0.

    SQuAD 2.0's rule (Rajpurkar et al., 2018, arXiv:1806.03822): no answers mean that the
    question has none; then only an empty prediction is right.
    """
    predicted = squad_normalise(prediction)
    return float(any(predicted == wanted for wanted in _wanted(answers)))


def f1(prediction: str, answers: Iterable[str]) -> float:
    """F1 = 2PR/(P+R) over normalised tokens with their counts, the best over the answers.

    P = shared/predicted, R = shared/wanted (SQuAD). Where the prediction or the answer has no
    tokens, F1 is 1 if both have none and else 0 (SQuAD 2.0), which is how an abstention counts.
    """
    predicted = squad_normalise(prediction).split()
    return max(_f1(predicted, wanted.split()) for wanted in _wanted(answers))


def _wanted(answers: Iterable[str]) -> list[str]:
    """The answers as SQuAD 2.0 takes them: normalised, those without words left out; [""] is
    "no answer"."""
    return [wanted for answer in answers if (wanted := squad_normalise(answer))] or [""]


def _f1(predicted: list[str], wanted: list[str]) -> float:
    if not predicted or not wanted:
        return float(predicted == wanted)
    shared = (Counter(predicted) & Counter(wanted)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(predicted), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)


def is_right(text: str, short_answer: str | None, answers: Iterable[str]) -> bool:
    """Whether one of the acceptable answers stands in the short answer, or else in the text.

    Kinder than exact match, which holds "by Saraya Awlia al-Dam" for wrong, and stricter than a
    search for the string, which finds "2" in "[2]", "2.5" and "2 million", "US" in "told us",
    "no" in "there is no end", "Erbil" in "not Erbil": `eval.metrics.answer_words` refuses these.

    A system that gives a short answer has committed itself to it and is judged by it alone: its
    text quotes whole sentences, and "two were killed and twelve hurt" holds the answers to two
    questions. Where there is no short answer, the text is judged. Of either, the first
    `WORDS_READ` words. An answer of "yes" or "no" has to be the first of them.

    It reads words, not meaning: "Iran or Iraq" passes for either.
    """
    given = short_answer if short_answer and short_answer.strip() else text
    tells_capitals = not given.islower()
    said = answer_words(given, tells_capitals)[:WORDS_READ]
    return any(
        stands(wanted, said)
        for answer in answers
        if (wanted := answer_words(answer, tells_capitals))
    )
