"""Ranking measures, against trec_eval (through ir_measures) on hundreds of random rankings."""

from __future__ import annotations

import random

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, R, Success, nDCG

from eval.metrics.ranking import (
    answer_found_at,
    answer_recall,
    average_precision,
    first_rank,
    hit_at,
    ndcg_at,
    ranked_articles,
    recall_at,
    reciprocal_rank,
    reciprocal_rank_at,
)
from eval.records import RankedPassage

KS = (1, 3, 5, 10, 20)
CUT = (recall_at, hit_at, reciprocal_rank_at, average_precision, ndcg_at)

ids = st.sampled_from([f"d{n}" for n in range(12)])
rankings = st.lists(ids, unique=True, max_size=12)
grades = st.dictionaries(ids, st.integers(-1, 3), max_size=8)


def test_nothing_ranked_finds_nothing_and_nothing_relevant_is_no_measure() -> None:
    for measure in CUT:
        assert measure([], {"d": 1}, 5) == 0.0
        for none in ({}, {"d": 0}, {"d": -1}):
            assert measure(["d"], none, 5) is None
    assert answer_recall([], 10) == reciprocal_rank([]) == 0.0
    assert first_rank([], ["x"]) is None
    assert ranked_articles([]) == []


def random_case(chance: random.Random) -> tuple[list[str], dict[str, int]]:
    """A ranking, sometimes empty, and grades with ties, zeros and documents that it misses."""
    pool = [f"d{n}" for n in range(30)]
    ranked = chance.sample(pool, chance.choice([0, 1, 2, 5, 15, 30]))
    judged = chance.sample(pool, chance.randint(1, 12))
    relevant = {one: chance.choice([0, 1, 1, 1, 2, 3]) for one in judged}
    relevant[chance.choice(judged)] = chance.choice([1, 2])
    return ranked, relevant


def test_every_measure_is_trec_evals() -> None:
    chance = random.Random(7)
    cases = {f"q{n}": random_case(chance) for n in range(400)}
    qrels = {query: relevant for query, (_, relevant) in cases.items()}
    run = {
        query: {one: float(len(ranked) - place) for place, one in enumerate(ranked)}
        for query, (ranked, _) in cases.items()
    }
    ours = {AP: average_precision, RR: reciprocal_rank_at}
    for k in KS:
        ours |= {R @ k: recall_at, Success @ k: hit_at, nDCG @ k: ndcg_at}
        ours |= {AP @ k: average_precision, RR @ k: reciprocal_rank_at}
    compared = 0
    for theirs in ir_measures.iter_calc(list(ours), qrels, run):
        ranked, relevant = cases[theirs.query_id]
        depth = theirs.measure.params.get("cutoff")
        measure = ours[theirs.measure]
        mine = measure(ranked, relevant) if depth is None else measure(ranked, relevant, depth)
        assert mine == pytest.approx(theirs.value, abs=1e-9), (theirs, ranked, relevant)
        compared += 1
    with_a_ranking = sum(bool(ranked) for ranked, _ in cases.values())
    assert compared >= with_a_ranking * len(ours) > 300 * len(ours)


def test_a_worked_example() -> None:
    ranked, relevant = ["a", "b", "c", "d"], {"b": 2, "d": 1, "z": 1, "a": 0}
    assert recall_at(ranked, relevant, 3) == pytest.approx(1 / 3)
    assert hit_at(ranked, relevant, 1) == 0 and hit_at(ranked, relevant, 2) == 1
    assert reciprocal_rank_at(ranked, relevant) == 0.5
    assert reciprocal_rank_at(ranked, relevant, 1) == 0
    assert average_precision(ranked, relevant) == pytest.approx((1 / 2 + 2 / 4) / 3)
    # gains 0 2 0 1 against the best 2 1 1, discounts 1, 1/1.585, 1/2, 1/2.322
    assert ndcg_at(ranked, relevant) == pytest.approx(1.692534 / 3.130930, abs=1e-6)


def test_an_id_that_is_ranked_again_counts_once_at_its_first_place() -> None:
    relevant = {"a": 1, "b": 1}
    for measure in CUT:
        assert measure(["a", "a", "b", "a"], relevant, 2) == measure(["a", "b"], relevant, 2)


@given(rankings, grades)
def test_measures_are_bounded_and_recall_and_hits_grow_with_k(ranked, relevant) -> None:
    if not any(grade > 0 for grade in relevant.values()):
        return
    for measure in CUT:
        values = [measure(ranked, relevant, k) for k in range(1, 14)]
        assert all(0 <= value <= 1 + 1e-12 for value in values)
        if measure is not ndcg_at:
            assert values == sorted(values)


@given(grades, st.integers(1, 12))
def test_the_best_order_has_an_ndcg_of_1_and_no_other_more(relevant, k) -> None:
    best = sorted(relevant, key=lambda one: -relevant[one])
    if relevant and max(relevant.values()) > 0:
        assert ndcg_at(best, relevant, k) == pytest.approx(1)
        assert ndcg_at(best[::-1], relevant, k) <= 1 + 1e-12


def test_passages_become_articles_where_their_best_passage_stands() -> None:
    passages = [RankedPassage(article_id=one, text="") for one in "babcab"]
    assert ranked_articles(passages) == ["b", "a", "c"]


def test_ranks_of_answers_recall_and_reciprocal_rank() -> None:
    ranks = [first_rank(["a", "b", "the c"], [answer]) for answer in ("c", "b", "zzz")]
    assert ranks == [3, 2, None]
    assert [answer_found_at(rank, 2) for rank in ranks] == [0, 1, 0]
    assert answer_recall(ranks, 2) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranks) == pytest.approx((1 / 3 + 1 / 2) / 3)
    assert reciprocal_rank([11]) == 0.0
