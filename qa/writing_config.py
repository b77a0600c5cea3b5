"""Settings of writing. Built by whoever starts the program; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WritingConfig:
    """What is quoted and how answers are counted. Shares are 0..1."""

    several_share: float = 0.5  #: of the best answer's probability that a further answer needs
    most_answers: int = 6  #: given where a question asks for several
    verdict_support: float = 0.6  #: of the best support that a sentence needs to say yes or no
    conflict_support: float = 0.5  #: of the lead's that another side of a conflict needs
    conflict_share: float = 0.2  #: of the lead's probability that it needs
    negated_share: float = 0.4  #: what is left of a finding that denies what is asked about
    sentences_back: int = 3  #: sentences before a pronoun in which its name is looked for
    has_short_reasons: bool = False  #: whether "why" and "how" get a short answer beside
    most_together: int = 3  #: sentences that answer "why" and "how"
    together_share: float = 0.5  #: of the lead's support that a neighbour needs to stand with it
