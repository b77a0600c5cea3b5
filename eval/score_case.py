"""The measures of one case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eval.metrics import answers, citations, evidence, ranking
from eval.records import Case, Outcome, Prediction

KS = (1, 3, 5, 10, 20, 50, 100)  #: ranks at which retrieval is measured
_LAST = 10  #: rank beyond which MRR and nDCG look no further


def ranks_of(outcomes: Iterable[Outcome]) -> tuple[int, ...]:
    """Those of `KS` that a run reaches: a system that gives 8 passages is not measured at 10."""
    deepest = max(
        (len(one.prediction.passages) for one in outcomes if one.prediction is not None), default=0
    )
    return tuple(k for k in KS if k <= deepest)


def values_of(
    case: Case,
    outcome: Outcome,
    texts: Mapping[str, str],
    ranks: Iterable[int],
    tells_answers: bool = True,
) -> dict[str, float]:
    """Measure → value; one that does not apply is left out.

    Args:
        texts: article id → cleaned text, of the articles that are cited.
        ranks: at which retrieval is measured.
        tells_answers: whether the dataset says of any case what a right answer is. Where it does
            not, an abstention is not called right either: the mean would be over abstentions alone.
    """
    prediction = outcome.prediction
    if prediction is None:
        raise ValueError(f"{case.id} has no prediction to be measured")
    found: dict[str, float | None] = {}
    if prediction.status is not None:
        found |= _answer_values(case, prediction, tells_answers)
        if prediction.is_answer:
            found |= _citation_values(case, prediction, texts)
    if prediction.passages or prediction.status is None:
        found |= _ranking_values(case, prediction, tuple(ranks))
    if outcome.verdict is not None:
        for name, verdict in (
            ("judged_correct", outcome.verdict.is_correct),
            ("judged_faithful", outcome.verdict.is_faithful),
        ):
            found[name] = None if verdict is None else float(verdict)
    return {name: float(value) for name, value in found.items() if value is not None}


def _answer_values(
    case: Case, prediction: Prediction, tells_answers: bool
) -> dict[str, float | None]:
    """Whether it is right, and whether it was right to answer.

    For an answerable case an abstention is wrong; for an unanswerable one nothing else is right
    (SQuAD 2.0's rule, for EM and F1 too).
    """
    found: dict[str, float | None] = {"answered": float(prediction.is_answer)}
    if case.is_answerable is None:
        return found
    found["decided_rightly"] = float(prediction.is_answer == case.is_answerable)
    # Apart as well: in one figure the ones make up for the others.
    kind = "answered_rightly" if case.is_answerable else "abstained_rightly"
    found[kind] = found["decided_rightly"]
    if not tells_answers:
        return found
    if not case.is_answerable:
        right = float(not prediction.is_answer)
        return found | {"right": right, "em": right, "f1": right}
    if not case.answers:
        return found  # it is answerable, but how is not told
    given = (prediction.short_answer or prediction.text) if prediction.is_answer else ""
    is_right = prediction.is_answer and answers.is_right(
        prediction.text, prediction.short_answer, case.answers
    )
    return found | {
        "right": float(is_right),
        "em": answers.exact_match(given, case.answers),
        "f1": answers.f1(given, case.answers),
    }


def _citation_values(
    case: Case, prediction: Prediction, texts: Mapping[str, str]
) -> dict[str, float | None]:
    """Of an answer that was given: whether what it cites says it, is really there, proves it."""
    cited = prediction.citations
    found = {
        "citation_recall": citations.citation_recall(prediction.text, cited),
        "citation_precision": citations.citation_precision(prediction.text, cited),
        "quote_exactness": citations.quote_exactness(cited, texts.get),
        "quote_words": citations.quote_words(cited),
    }
    if case.is_answerable is not False:
        found["evidence_recall"] = evidence.evidence_recall(cited, case.evidence)
        found["evidence_precision"] = evidence.evidence_precision(cited, case.evidence)
    return found


def _ranking_values(
    case: Case, prediction: Prediction, ranks: tuple[int, ...]
) -> dict[str, float | None]:
    """By articles where the dataset judges those, and by the answer's string where it has one."""
    found: dict[str, float | None] = {}
    if case.relevant:
        ranked = ranking.ranked_articles(prediction.passages)
        for k in ranks:
            found[f"recall@{k}"] = ranking.recall_at(ranked, case.relevant, k)
            found[f"hits@{k}"] = ranking.hit_at(ranked, case.relevant, k)
        if case.evidence:
            # A copy of a report proves as much as the report: one of them is enough.
            facts = [{one.article for one in fact} for fact in case.evidence]
            for k in ranks:
                first = set(ranked[:k])
                found[f"fact_recall@{k}"] = sum(bool(fact & first) for fact in facts) / len(facts)
        found["mrr"] = ranking.reciprocal_rank_at(ranked, case.relevant, _LAST)
        found["map"] = ranking.average_precision(ranked, case.relevant)
        if ranks:
            deepest = max(k for k in ranks if k <= _LAST)
            found[f"ndcg@{deepest}"] = ranking.ndcg_at(ranked, case.relevant, deepest)
    if case.answers:
        rank = ranking.first_rank([one.text for one in prediction.passages], case.answers)
        for k in ranks:
            found[f"answer_recall@{k}"] = ranking.answer_found_at(rank, k)
        found["answer_mrr"] = 1 / rank if rank is not None and rank <= _LAST else 0.0
    return found
