"""Where a passage holds an answer as a string."""

import pytest

from eval.metrics.answers import holds_answer
from eval.train.holding import places


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("Nancy Pelosi’s husband, Paul.", "Nancy Pelosi", ["Nancy Pelosi"]),
        ("It cost $5.3m (10%) more.", "5.3m", ["$5.3m"]),
        ("It cost $5.3m (10%) more.", "10%", ["10%"]),
        ("They saw “Squid Game.” Then", "squid game", ["Squid Game"]),
        ("McDonald's is open", "McDonald's", ["McDonald's"]),
        ("husband, Paul.", "husband Paul", ["husband, Paul"]),
        ("a storm; the storm; storms", "the storm", ["storm", "storm"]),
        ("Bidens came", "Biden", []),
        ("anything", "", []),
        ("anything", "the", []),
        ("", "anything", []),
    ],
)
def test_places_are_those_of_whole_words(text, answer, held):
    assert [text[a:b] for a, b in places(text, answer)] == held


def test_what_is_found_counts_as_holding_the_answer_where_the_measure_says_so():
    text = "On Monday, 40 people – among them Ms. Ana Lind – left the “Blue Hall”."
    for answer in ("40", "Ana Lind", "Blue Hall", "Monday"):
        found = places(text, answer)
        assert found
        assert holds_answer(text, [answer])
        assert all(holds_answer(text[a:b], [answer]) for a, b in found)
