"""A language model as judge of an answer: is it correct, and is it faithful to what it cites?

Two prompts of `prompts/`, each answered by one of two words on the first line. Any other reply is
no verdict and is said, never a "no" in disguise. What is judged:

| | correctness | faithfulness |
| --- | --- | --- |
| an answer | where the dataset names acceptable answers | where it cites anything |
| an abstention, or passages alone | never: it says nothing that could be judged | never |

An answer to a question that has none is wrong by definition and takes no model to say so; one
without a citation is unsupported likewise. The deterministic measures count both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.records import Case, Prediction, Verdict
from prompts.marker import marker_for
from prompts.render import fingerprint, render
from qa.llm import LLMFailed

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

CORRECTNESS = "judge_correctness"
FAITHFULNESS = "judge_faithfulness"
#: prompt → (the word for yes, the word for no)
WORDS = {CORRECTNESS: ("CORRECT", "INCORRECT"), FAITHFULNESS: ("SUPPORTED", "UNSUPPORTED")}
MOST_CHARACTERS = 60_000  #: of a prompt; a longer one is not sent, and not cut either
_SHOWN_CHARACTERS = 60


class NoVerdict(Exception):
    """The model was asked and gave no verdict; says why."""


def judge(case: Case, prediction: Prediction, llm: LLM) -> Verdict:
    """The model's verdict on one prediction. Raises nothing: what fails is `Verdict.error`.

    Asks the model at most twice, one question after the other; safe to call from several
    threads where the model is. The follow-up of a conversation is judged as its question in full.
    """
    verdicts: dict[str, bool | None] = {}
    errors = []
    for prompt, values in _asked_of(case, prediction).items():
        try:
            verdicts[prompt] = _ask(prompt, values, llm)
        except NoVerdict as error:
            errors.append(f"{prompt}: {error}")
    return Verdict(
        is_correct=verdicts.get(CORRECTNESS),
        is_faithful=verdicts.get(FAITHFULNESS),
        error="; ".join(errors) or None,
    )


def judge_settings() -> dict[str, str]:
    """What decides the verdicts besides the model: the prompts' fingerprints, for a manifest."""
    return {prompt: fingerprint(prompt) for prompt in WORDS}


def read_verdict(prompt: str, reply: str) -> bool:
    """Whether the reply says yes. Raises `NoVerdict` when its first line is neither word."""
    first = reply.strip().split("\n", 1)[0].strip()
    yes, no = WORDS[prompt]
    if first not in (yes, no):
        shown = ascii(first[:_SHOWN_CHARACTERS]) if first else "nothing"
        raise NoVerdict(f"the first line of the reply is {shown}, not {yes} or {no}")
    return first == yes


def _asked_of(case: Case, prediction: Prediction) -> dict[str, dict[str, str]]:
    """Prompt → its values, for each prompt that applies."""
    if not prediction.is_answer:
        return {}
    asked = {}
    answer = _whole_answer(prediction)
    if case.answers:
        asked[CORRECTNESS] = {
            "question": case.standalone or case.question,
            "answers": "\n".join(" ".join(one.split()) for one in case.answers),
            "answer": answer,
        }
    if prediction.citations:
        quotes = [f"[{one.number}] {one.quote}" for one in prediction.citations]
        # The words of the answer alone: a short answer is a part of them, or of a quote.
        asked[FAITHFULNESS] = {"quotes": "\n\n".join(quotes), "answer": prediction.text}
    return asked


def _whole_answer(prediction: Prediction) -> str:
    """As a reader sees it: the few words first, where the system gives them, then its text."""
    short = prediction.short_answer
    return f"{short}\n\n{prediction.text}" if short else prediction.text


def _ask(prompt: str, values: dict[str, str], llm: LLM) -> bool:
    from llama_index.core.llms import ChatMessage

    text = render(prompt, marker=marker_for(*values.values()), **values)
    if len(text) > MOST_CHARACTERS:
        raise NoVerdict(
            f"the prompt has {len(text)} characters, and more than {MOST_CHARACTERS} are not sent"
        )
    try:
        reply = llm.chat([ChatMessage(role="user", content=text)]).message.content or ""
    except LLMFailed as error:
        raise NoVerdict(str(error)) from error
    except Exception as error:  # any model may be given, and each has errors of its own; their
        # words may hold its key
        raise NoVerdict(f"the model failed with {type(error).__name__}") from error
    return read_verdict(prompt, reply)
