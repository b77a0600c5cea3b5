"""Settings of answering. Built by whoever starts the program; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Thoroughness = Literal["full", "fast"]


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """How passages are read and when they are enough. Scores and thresholds are 0..1."""

    passages: int = 20  #: that are read
    follow_up_spellings: int = 10  #: passages whose spelling of names a follow-up's are told by
    follow_up_passages: int = 6  #: read for each thing that a follow-up may mean besides
    follow_up_margin: float = 0.05  #: of confidence, by which what else it may mean must be surer
    says_weight: float = 0.5  #: of the logit that a passage answers, when passages are compared
    retrieval_weight: float = 10.0  #: of its hit's score beside it
    spans_per_passage: int = 8  #: candidate answers of a passage
    most_candidates: int = 80  #: candidates of a question, from which its answers are put together
    most_wordings: int = 24  #: different wordings that are compared for their meaning
    max_findings: int = 24  #: findings that a reading keeps
    findings_per_answer: int = 8  #: so that what contradicts an answer which many give is seen too
    least_relevance: float = 0.33  #: support below which not even the subject was found
    answered_confidence: float = 0.45  #: a reading from here up is an answer
    partial_confidence: float = 0.15  #: from here up to there it is a partial answer
    max_sentences: int = 3  #: sentences in an answer, beside those that show a conflict
    follow_support: float = 0.85  #: a further sentence needs this share of the best one's support
    copy_containment: float = 0.6  #: shared five-word runs that make two texts copies


#: By the setting DATELINE_READING.
READING: dict[Thoroughness, ReaderConfig] = {
    "full": ReaderConfig(),
    "fast": replace(ReaderConfig(), passages=6),
}
FAST = READING["fast"]
