"""Settings of answering. Built by whoever starts the program; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """How sentences are chosen and when they are enough. Scores and thresholds are 0..1."""

    max_embedded: int = 24  #: sentences embedded for one question, at most
    max_windows: int = 12  #: candidate short answers whose surroundings are embedded, at most
    max_findings: int = 12  #: findings that a reading keeps
    cosine_weight: float = 0.25  #: share of the embedding's similarity in a sentence's score
    coverage_weight: float = 0.28  #: share of the question's words found in and around it
    span_weight: float = 0.4  #: share of its best short answer
    rank_weight: float = 0.02  #: share of the place at which retrieval had its passage
    lead_weight: float = 0.05  #: share of its being an article's first sentence
    cause_weight: float = 0.1  #: share of its naming a cause, where the question asks why
    same_verb: float = 0.55  #: cosine from which two single words name the same act
    other_verb: float = 0.47  #: and up to which they do not
    days_of_news: int = 45  #: days after which a report is too old for "this week", "this month"
    least_relevance: float = 0.33  #: support below which not even the subject was found
    answered_confidence: float = 0.5  #: a reading from here up is an answer
    partial_confidence: float = 0.3  #: from here up to there it is a partial answer
    short_answer_score: float = 0.35  #: a short answer below this is not shown
    phrase_score: float = 0.5  #: likewise where the question does not tell its type ("which bird")
    max_sentences: int = 3  #: sentences in an answer, beside those that show a conflict
    follow_support: float = 0.85  #: a further sentence needs this share of the best one's support
    conflict_support: float = 0.8  #: a position of a conflict, likewise
    conflict_span_score: float = 0.7  #: and this share of the score of its short answer
    copy_containment: float = 0.6  #: shared five-word runs that make two texts copies
