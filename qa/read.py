"""The trained reader: of the passages, which answers, with which words, and how sure it is.

Each passage is read with the question by one model (`qa.reader_model`), which tells where in it
an answer may stand and whether it answers. The probability of an answer is that of its words in
each passage times that of the passage, summed over all places that say the same (Karpukhin et
al. 2020 choose the best single place; the sum lets passages agree).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from index.records import Hit
from qa.agree import FoundAnswer, answers_of
from qa.calibrate import Calibration, Evidence
from qa.candidates import Candidate, candidates
from qa.config import ReaderConfig
from qa.fitting import fitting
from qa.listen import Check, never
from qa.reader_model import TokenScores
from qa.records import Finding, Reading, Understood
from qa.target import target

_SURE = 30.0  # a logit of all but 1


class Model(Protocol):
    """`qa.reader_model.ReaderModel`, as reading needs it."""

    name: str

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Appraisal:
    """The passages that were read and the answers found in them."""

    hits: tuple[Hit, ...]
    says: tuple[float, ...]  #: of each hit, the logit that it answers
    shares: np.ndarray  #: (n,): of each hit, the probability to be the one that answers
    answers: tuple[FoundAnswer, ...]  #: the weightiest first

    @property
    def evidence(self) -> Evidence:
        """What tells whether the first answer is right.

        Words that overlap it in a passage speak for it, however the reader cut them: "damage the
        good name of Iraq" for "the good name of Iraq".
        """
        best = self.answers[0] if self.answers else None
        first = best.weight if best else 0.0
        second = 0.0
        for other in self.answers[1:]:
            beside = sum(w for place, w in other.places if best and _overlaps(place, best))
            first += beside
            second = max(second, other.weight - beside)
        return Evidence(
            says=max(self.says),
            cited=self.says[best.places[0][0].rank] if best else min(self.says),
            first=min(1.0, first),
            second=second,
            voices=len({place.rank for place, _ in best.places}) if best else 0,
        )


def _overlaps(one: Candidate, answer: FoundAnswer) -> bool:
    return any(
        one.rank == place.rank and one.start < place.end and place.start < one.end
        for place, _ in answer.places
    )


class Reader(Protocol):
    """Anything that finds the answer in the passages of a question."""

    name: str  #: goes into `Answer.engine`

    def read(self, question: Understood, hits: Sequence[Hit], check: Check = never) -> Reading:
        """Findings best first, and how sure it is that the passages answer at all.

        `check` is called before each passage, in whichever thread reads it.
        """
        ...


class TrainedReader:
    """Holds no state between questions; safe to share by threads."""

    name = "reader"

    def __init__(
        self,
        model: Model,
        config: ReaderConfig | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self._model = model
        self._config = config or ReaderConfig()
        self._calibration = calibration or Calibration.shipped()

    def read(self, question: Understood, hits: Sequence[Hit], check: Check = never) -> Reading:
        """Read the first `ReaderConfig.passages` hits. No hits: an empty reading."""
        if not hits:
            return Reading()
        found = self.appraise(question, hits, check)
        sure = self._calibration.probability(found.evidence) if found.answers else 0.0
        return Reading(
            findings=_findings(found, self._config),
            confidence=sure,
            passages=_reranked(found, hits[len(found.hits) :]),
        )

    def appraise(
        self, question: Understood, hits: Sequence[Hit], check: Check = never
    ) -> Appraisal:
        """What the model makes of at least one hit, before it is judged whether it is enough."""
        config = self._config
        read = list(hits[: config.passages])
        texts = [(hit.passage.title, hit.passage.text) for hit in read]
        scores = self._model.score(question.text, texts, check)
        says = tuple(_usable(score.answers) for score in scores)
        shares = self._shares(read, says)
        asked = target(question.text)
        weighed: list[tuple[Candidate, float]] = []
        for rank, (hit, score) in enumerate(zip(read, scores, strict=True)):
            found = candidates(rank, hit.passage, score, config.spans_per_passage)
            share = float(shares[rank])
            weighed += [(one, share * one.share * fitting(asked, one.text)) for one in found]
        weighed.sort(key=lambda pair: (-pair[1], pair[0].rank, pair[0].start))
        answers = answers_of(weighed[: config.most_candidates], config.most_wordings)
        return Appraisal(tuple(read), says, shares, tuple(answers))

    def _shares(self, hits: Sequence[Hit], says: Sequence[float]) -> np.ndarray:
        """(n,): the probability of each passage to be the one that answers, if one does."""
        config = self._config
        logits = config.says_weight * np.array(says)
        logits += config.retrieval_weight * np.array([hit.score for hit in hits])
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()


def _findings(found: Appraisal, config: ReaderConfig) -> tuple[Finding, ...]:
    """Each answer's sentences, the best answer's first; a sentence stands once for an answer."""
    total = sum(answer.weight for answer in found.answers) or 1.0
    findings: list[Finding] = []
    for number, answer in enumerate(found.answers):
        seen: set[tuple[str, int]] = set()
        for place, _ in answer.places:
            hit = found.hits[place.rank]
            key = (hit.passage.article_id, place.sentence[0])
            if key in seen or len(seen) == config.findings_per_answer:
                continue
            seen.add(key)
            support = _logistic(found.says[place.rank]) * math.sqrt(min(1.0, place.share))
            findings.append(
                Finding(
                    hit=hit,
                    start=place.sentence[0],
                    end=place.sentence[1],
                    support=support,
                    span=(place.start, place.end),
                    span_score=min(1.0, answer.weight / total),
                    answer=number,
                )
            )
    return tuple(findings[: config.max_findings])


def _reranked(found: Appraisal, rest: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that were read, likeliest to answer first, and behind them those that were not.

    A passage counts by its own probability times the weight of the best answer that it gives, so
    that those which agree with others come first.
    """
    gives = [0.0] * len(found.hits)
    for answer in found.answers:
        for place, _ in answer.places:
            gives[place.rank] = max(gives[place.rank], answer.weight)
    order = sorted(
        range(len(found.hits)), key=lambda rank: (-found.shares[rank] * gives[rank], rank)
    )
    read = [
        replace(
            found.hits[rank],
            parts={**found.hits[rank].parts, "reader": _logistic(found.says[rank])},
        )
        for rank in order
    ]
    return (*read, *rest)


def _usable(logit: float) -> float:
    """A logit that is no number says that the passage does not answer."""
    return max(-_SURE, min(_SURE, logit)) if math.isfinite(logit) else -_SURE


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
