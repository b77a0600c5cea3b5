"""Ask a system every case of a dataset, and keep what it answers.

Turns of a conversation are asked one after the other, with what the system gave for the ones
before; conversations and single cases are asked by several threads where the system allows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import groupby
from threading import Event

from eval.records import Case, Outcome, Prediction, Verdict
from eval.run_folder import RunFolder, missing_of
from eval.systems import Asked, System

_ERROR_CHARACTERS = 500
_PASSAGES_WITH_TEXT = 10
Judge = Callable[[Case, Prediction], Verdict]


def run(
    cases: Sequence[Case],
    system: System,
    folder: RunFolder,
    *,
    jobs: int = 1,
    in_full: bool = False,
    judge: Judge | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> dict[str, Outcome]:
    """Ask the cases that `folder` has no outcome of yet, and those that failed before.

    Args:
        cases: in the dataset's order, turns of a conversation together.
        jobs: threads that ask; no more than the system's `most_jobs` are used.
        in_full: ask a follow-up's question in full, alone, instead of as a turn.
        judge: gives a verdict on each prediction.
        on_outcome: told after each case, in whichever thread asked it.

    Returns: case id → outcome, of all cases. An exception of the system is an outcome with an
    error; one of the folder (a full disk) ends the run.
    """
    outcomes = folder.outcomes
    todo = set(missing_of([case.id for case in cases], outcomes))
    stop = Event()

    def ask_unit(unit: Sequence[Case]) -> None:
        conversation: str | None = None
        history: list[tuple[str, str]] = []
        failed: int | None = None
        for case in unit:
            if stop.is_set():
                return
            if failed is None:
                asked = _asked(case, in_full, conversation, history)
                outcome = _ask(system, case, asked, judge)
            else:
                # Asked without what came before, it would be another question, and mostly a wrong
                # answer to this one.
                outcome = Outcome(case_id=case.id, error=f"turn {failed} before it failed")
            folder.add(outcome)
            if outcome.prediction is not None:
                conversation = outcome.prediction.conversation_id
                history.append((case.question, outcome.prediction.text))
            elif failed is None:
                failed = case.turn
            if on_outcome:
                on_outcome(outcome)

    with ThreadPoolExecutor(max(1, min(jobs, system.most_jobs))) as pool:
        futures = [pool.submit(ask_unit, unit) for unit in _units(cases, todo, in_full)]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
    return folder.outcomes


def _units(cases: Iterable[Case], todo: set[str], in_full: bool) -> list[list[Case]]:
    """What is asked together: a conversation is asked whole, even if only its end is missing,
    because what the system remembers of its beginning may be gone."""
    if in_full:
        return [[case] for case in cases if case.id in todo]
    units = [list(unit) for _, unit in groupby(cases, key=lambda case: case.unit)]
    return [unit for unit in units if any(case.id in todo for case in unit)]


def _asked(
    case: Case, in_full: bool, conversation: str | None, history: list[tuple[str, str]]
) -> Asked:
    if in_full:
        return Asked(case.standalone or case.question, case.as_of, case.filters)
    return Asked(case.question, case.as_of, case.filters, conversation, tuple(history))


def _ask(system: System, case: Case, asked: Asked, judge: Judge | None) -> Outcome:
    began = time.perf_counter()
    try:
        prediction = system.answer(asked)
        milliseconds = _since(began)
        made = Outcome(
            case_id=case.id,
            prediction=_kept(prediction, case),
            milliseconds=milliseconds,
            verdict=judge(case, prediction) if judge else None,
        )
        # What can't be written and read back (NaN, half a character) would spoil the folder.
        return Outcome.model_validate_json(made.model_dump_json(exclude_defaults=True))
    except Exception as error:  # whatever it is, the case is counted as failed
        told = f"{type(error).__name__}: {error}"[:_ERROR_CHARACTERS]
        told = told.encode("utf-8", "backslashreplace").decode("utf-8")
        return Outcome(case_id=case.id, error=told, milliseconds=_since(began))


def _kept(prediction: Prediction, case: Case) -> Prediction:
    """The prediction without texts that no measure reads: where relevance is judged by article,
    the passages below the first ones would make a run of thousands of cases gigabytes large."""
    if case.answers or len(prediction.passages) <= _PASSAGES_WITH_TEXT:
        return prediction
    first, rest = (
        prediction.passages[:_PASSAGES_WITH_TEXT],
        prediction.passages[_PASSAGES_WITH_TEXT:],
    )
    passages = (*first, *(one.model_copy(update={"text": ""}) for one in rest))
    return prediction.model_copy(update={"passages": passages})


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
