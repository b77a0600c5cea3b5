"""Measures of ranked articles and passages, as pure functions of one case.

Definitions are trec_eval's, which BEIR reports too (through pytrec_eval; Thakur et al., 2021,
arXiv:2104.08663). `relevant` grades ids: above 0 is relevant, what is absent or 0 or below is
not, and where nothing is relevant the measure does not apply: None. An id that is ranked again
counts at its first place only. `k` is 1 or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

from eval.metrics.answers import holds_answer
from eval.records import RankedPassage

Grades = Mapping[str, int]  #: id → grade


def ranked_articles(passages: Iterable[RankedPassage]) -> list[str]:
    """Ids of the articles of ranked passages, each where its best passage stands."""
    return list(dict.fromkeys(passage.article_id for passage in passages))


def recall_at(ranked: Sequence[str], relevant: Grades, k: int) -> float | None:
    """recall@k = relevant among the first k / all relevant (trec_eval `recall`)."""
    wanted = _wanted(relevant)
    return len(wanted & set(_first(ranked, k))) / len(wanted) if wanted else None


def hit_at(ranked: Sequence[str], relevant: Grades, k: int) -> float | None:
    """hits@k: 1 when any relevant one is among the first k, else 0 (trec_eval `success`)."""
    wanted = _wanted(relevant)
    return float(not wanted.isdisjoint(_first(ranked, k))) if wanted else None


def reciprocal_rank_at(
    ranked: Sequence[str], relevant: Grades, k: int | None = None
) -> float | None:
    """RR = 1 / rank of the first relevant one; 0 where there is none among the first k.

    Its mean is MRR (Voorhees, TREC-8, 1999; trec_eval `recip_rank`).
    """
    wanted = _wanted(relevant)
    if not wanted:
        return None
    ranks = (rank for rank, one in enumerate(_first(ranked, k), start=1) if one in wanted)
    rank = next(ranks, None)
    return 1 / rank if rank else 0.0


def average_precision(
    ranked: Sequence[str], relevant: Grades, k: int | None = None
) -> float | None:
    """AP = sum of P@rank over the ranks of relevant ones among the first k / all relevant.

    Its mean is MAP (trec_eval `map`, and `map_cut` with k).
    """
    wanted = _wanted(relevant)
    if not wanted:
        return None
    found, total = 0, 0.0
    for rank, one in enumerate(_first(ranked, k), start=1):
        if one in wanted:
            found += 1
            total += found / rank
    return total / len(wanted)


def ndcg_at(ranked: Sequence[str], relevant: Grades, k: int | None = None) -> float | None:
    """nDCG@k = DCG@k / DCG@k of the best order, with DCG@k = sum of grade / log2(rank + 1).

    The gain is the grade itself, as in trec_eval `ndcg_cut` (Järvelin and Kekäläinen, TOIS 20(4),
    2002, with the discount from rank 1 on); some other implementations take 2**grade - 1.
    """
    best = _dcg(sorted((grade for grade in relevant.values() if grade > 0), reverse=True)[:k])
    if not best:
        return None
    return _dcg([max(0, relevant.get(one, 0)) for one in _first(ranked, k)]) / best


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _wanted(relevant: Grades) -> set[str]:
    return {one for one, grade in relevant.items() if grade > 0}


def _first(ranked: Sequence[str], k: int | None) -> list[str]:
    """The first k different ids."""
    return list(dict.fromkeys(ranked))[:k]


def first_rank(texts: Sequence[str], answers: Sequence[str]) -> int | None:
    """Rank, from 1, of the first text that holds an answer; None where none does."""
    for rank, text in enumerate(texts, start=1):
        if holds_answer(text, answers):
            return rank
    return None


def answer_found_at(rank: int | None, k: int) -> float:
    """Answer recall@k of one case: 1 when the `first_rank` is k or better, else 0."""
    return float(rank is not None and rank <= k)


def answer_recall(ranks: Sequence[int | None], k: int) -> float:
    """R@k: share of questions whose first rank is k or better. 0 for no questions."""
    return sum(answer_found_at(rank, k) for rank in ranks) / len(ranks) if ranks else 0.0


def reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    """MRR@k = mean of 1/rank, 0 where the first rank is beyond k (Voorhees, TREC-8, 1999)."""
    gains = [1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks]
    return sum(gains) / len(gains) if gains else 0.0
