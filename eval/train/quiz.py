"""RealTime QA's quizzes of the training weeks, with the passages that our retrieval finds.

Which passage answers is not told: one that holds an answer as a string is taken to (distant
supervision, as Karpukhin et al. 2020 train on TriviaQA), the others not to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from eval.datasets.realtimeqa import AskedQuestion
from eval.metrics.answers import normalise
from eval.train.examples import Group, Text
from eval.train.holding import places
from index.records import Hit

#: The weeks that may be trained on, and those that settings are chosen by. What is asked before
#: and after is for tests alone.
TRAINING = (date(2022, 9, 1), date(2023, 6, 30))
DEVELOPMENT = (date(2023, 7, 1), date(2023, 9, 30))

_FAR = 25  #: a passage further down that holds the answer does so by accident too often
_NEAR = 6  #: likewise for an answer of one or two characters, "9"


def group_of(asked: AskedQuestion, hits: Sequence[Hit], right: int, wrong: int) -> Group | None:
    """The question with its first passages of each sort; None where none holds an answer."""
    holding, lacking = [], []
    for rank, hit in enumerate(hits):
        passage = hit.passage
        spans = {
            span
            for answer in asked.answers
            if rank < (_FAR if len(normalise(answer)) > 2 else _NEAR)
            for span in places(passage.text, answer)
        }
        text = Text(passage.title, passage.text, tuple(sorted(spans)))
        if not spans and any(places(passage.text, answer) for answer in asked.answers):
            continue
        (holding if spans else lacking).append(text)
    if not holding or not lacking:
        return None
    return Group(asked.text, (*holding[:right], *lacking[:wrong]))
