"""SQuAD-shifts (Miller et al. 2020) as training groups, each with a passage that misleads.

The wrong passage is the best that BM25 finds for the question among the other passages of the
same domain, so that the reader learns what looks right and isn't.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from eval.train.examples import Group
from eval.train.heldout import Example
from eval.train.lexical import Lexical
from eval.train.windows import cut

#: Titles that name a collection, not what the text is about.
_NO_TITLES = ("Filtered_Reddit", "Amazon_Reviews")


def groups(examples: Sequence[Example], negatives: int, seed: int = 0) -> list[Group]:
    """One group a question: a window that answers and `negatives` that do not.

    A question whose answers stand in no window whole is left out.
    """
    contexts = list(dict.fromkeys((one.title, one.context) for one in examples))
    search = Lexical([context for _, context in contexts]) if negatives else None
    random = np.random.default_rng(seed)
    made = []
    asked: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for one in examples:
        asked[one.title, one.context].append(one)
    for place, (title, context) in enumerate(contexts):
        shown = "" if title.startswith(_NO_TITLES) else title.replace("_", " ")
        for one in asked[title, context]:
            spans = tuple(
                dict.fromkeys(
                    (start, start + len(answer))
                    for answer, start in zip(one.answers, one.starts, strict=True)
                    if answer
                )
            )
            pieces = cut(shown, context, spans)
            right = [piece for piece in pieces if piece.spans]
            if not right:
                continue
            texts = [right[int(random.integers(len(right)))]]
            wrong = [piece for piece in pieces if not piece.spans]
            if search is not None:
                for other in search.best(one.question, negatives + 8):
                    if other == place:
                        continue
                    its_title, its_context = contexts[other]
                    if any(answer in its_context for answer in one.answers):
                        continue
                    its = "" if its_title.startswith(_NO_TITLES) else its_title.replace("_", " ")
                    windows = cut(its, its_context, ())
                    wrong.append(windows[int(random.integers(len(windows)))])
                texts += wrong[:negatives]
            made.append(Group(one.question.strip(), tuple(texts)))
    return made
