"""Questions that a passage nearly answers."""

import numpy as np
import pytest

from eval.train.examples import Group, Text
from eval.train.unanswerable import swapped

PASSAGE = Text(
    "Port",
    "The port of Olen, said Ana Lind, was bought by Borg Shipping for 40 million.",
    ((46, 59),),
)


@pytest.mark.parametrize("seed", range(20))
def test_one_name_or_number_is_anothers_and_nothing_answers(seed):
    asked = Group("Who bought the port of Olen for 40 million?", (PASSAGE,))
    made = swapped(asked, np.random.default_rng(seed))
    assert made is not None
    assert made.question != asked.question
    assert "Borg Shipping" not in made.question
    assert [text.spans for text in made.texts] == [()]
    kept = set(asked.question.split()) & set(made.question.split())
    assert len(kept) >= len(asked.question.split()) - 2


def test_without_a_name_or_number_there_is_nothing_to_swap():
    asked = Group("Who bought it?", (PASSAGE,))
    assert swapped(asked, np.random.default_rng(0)) is None
    assert (
        swapped(Group("Who bought Olen?", (Text("", "nothing"),)), np.random.default_rng(0)) is None
    )
