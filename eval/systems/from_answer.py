"""Our `Answer`, from the process or from JSON, as a prediction."""

from __future__ import annotations

from eval.records import CitedQuote, Prediction, RankedPassage
from index.records import Hit
from qa.records import Answer


def prediction_of(answer: Answer) -> Prediction:
    """The prediction in an answer of ours. Abstentions carry their confidence too."""
    short = answer.short_answer
    return Prediction(
        status=answer.status.value,
        abstain_reason=answer.abstain_reason.value if answer.abstain_reason else None,
        text=answer.text if answer.abstain_reason is None else "",
        short_answer=short.text if short else None,
        confidence=answer.confidence,
        citations=tuple(
            CitedQuote(
                number=one.number,
                article_id=one.article_id,
                quote=one.quote,
                start=one.start,
                end=one.end,
                answer_start=one.answer_start,
                answer_end=one.answer_end,
                verification=one.verification,
                support=one.support,
            )
            for one in answer.citations
        ),
        passages=tuple(
            RankedPassage(
                article_id=one.article_id,
                text=one.text,
                score=one.score,
                title=one.title,
                start=one.start,
            )
            for one in answer.passages
        ),
        standalone_question=answer.standalone_question,
        conversation_id=answer.conversation_id,
        engine=answer.engine,
        timings_ms=answer.timings_ms,
        usage=answer.usage,
    )


def passage_of(hit: Hit) -> RankedPassage:
    """A hit of a search as a ranked passage."""
    passage = hit.passage
    return RankedPassage(
        article_id=passage.article_id,
        text=passage.text,
        score=hit.score,
        title=passage.title,
        start=passage.start,
    )
