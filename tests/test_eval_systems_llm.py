"""A language model over our passages, asked over a real socket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.llms import MockLLM

from eval.records import Case, Prediction
from eval.run import run
from eval.run_folder import opened
from eval.systems import Asked
from eval.systems.llm import LlmSystem, citations_of, is_refusal
from eval.systems.open import open_system
from index.records import Filters, Passage, Scored
from prompts.render import template
from qa.llm import LLMFailed, configured_llm
from qa.retrieve import Retriever
from qa.write import NOT_SAID
from tests.eval_fakes import case, dataset
from tests.llm_server import (
    USAGE,
    LLMServer,
    Reply,
    Request,
    Rule,
    fails,
    llm_server,
    says,
    watched_connections,
)
from tests.passages import HashEmbedder

KEY = "sk-zqcanaryqz-0123456789"
TEXTS = (
    "Ada Lovelace wrote the first program.",
    "The first ferry left the harbour {query_str} at noon.",
    "A first frost came to the orchards.",
)
ASKED = Asked("who wrote the first program?", as_of=date(2021, 2, 24))


class Shelf:
    """A store of a few passages in memory: what `Retriever` needs, by meaning only."""

    def __init__(self, texts: Sequence[str] = TEXTS) -> None:
        self._passages = {
            f"p{n}": Passage(
                id=f"p{n}", article_id=f"a{n}", start=10, end=10 + len(text), text=text,
                title=f"Title {n}", source="Wire" if n else "Post", published=date(2021, 2, 20),
            )
            for n, text in enumerate(texts)
        }  # fmt: skip
        self._embedder = HashEmbedder()

    def search_dense(self, vector: np.ndarray, k: int, filters: Filters | None) -> list[Scored]:
        wanted = filters.sources if filters else ()
        found = [
            Scored(one.id, float(self._embedder.embed_query(one.text) @ vector))
            for one in self._passages.values()
            if not wanted or one.source in wanted
        ]
        return sorted(found, key=lambda one: -one.score)[:k]

    def search_lexical(self, text: str, k: int, filters: Filters | None) -> list[Scored]:
        return []

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        return [self._passages[one] for one in ids]

    def vectors_of(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        return {}


def system_of(server: LLMServer, texts: Sequence[str] = TEXTS) -> LlmSystem:
    llm = configured_llm(server.spec, KEY)
    return LlmSystem(Retriever(Shelf(texts), HashEmbedder()), llm, "stub")


def ask(rule: Rule | Sequence[Reply], asked: Asked = ASKED) -> tuple[Prediction, LLMServer]:
    with llm_server(rule) as server:
        return system_of(server).answer(asked), server


def test_an_answer_with_its_citation() -> None:
    found, server = ask([says("Ada Lovelace wrote it [1].")])
    assert found.status == "answered" and found.text == "Ada Lovelace wrote it [1]."
    [cited] = found.citations
    assert (cited.number, cited.article_id, cited.quote) == (1, "a0", TEXTS[0])
    assert (cited.start, cited.end) == (10, 10 + len(TEXTS[0]))
    assert found.passages[0].article_id == "a0" and found.passages[0].title == "Title 0"
    assert [one.score for one in found.passages] == sorted(
        (one.score for one in found.passages), reverse=True
    )
    assert found.usage == {name: USAGE[name] for name in ("prompt_tokens", "completion_tokens")}
    assert found.engine == "llm:stub"
    [request] = server.asked
    assert ASKED.question in request.prompt and NOT_SAID in request.prompt


def test_the_model_is_told_the_numbers_that_are_cited_by() -> None:
    """A model that quotes the words after each number finds that they are the citations'."""
    seen: dict[int, str] = {}

    def rule(request: Request) -> Reply:
        for number, text in re.findall(r"passage: \[(\d)\].*?\n\n(.*?)\n", request.prompt, re.S):
            seen[int(number)] = text
        return says("".join(f"Part {number} [{number}]. " for number in sorted(seen)))

    found, _ = ask(rule)
    assert len(seen) == 3
    assert seen == {one.number: one.quote for one in found.citations}
    assert [one.text for one in found.passages] == list(seen.values())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("One [1]. Two [2][3].", [1, 2, 3]),
        ("Two [2, 1].", [2, 1]),
        ("Again [1] and [1].", [1]),
        ("Invented [4], [0], [999999999], [2].", [2]),
        ("No [a], [1-2], (1), [ ], [-1], [\u0661x], ] [.", []),
        ("[" * 10_000 + "1" + "]" * 10_000, [1]),
        ("[" + "1," * 50_000 + "1]", [1]),
        ("[" + "1" * 100_000 + "]", []),
        ("", []),
    ],
)
def test_marks_are_read_and_invented_ones_are_no_citations(text: str, numbers: list[int]) -> None:
    retriever = Retriever(Shelf(), HashEmbedder())
    system = LlmSystem(retriever, MockLLM(), "mock")
    nodes = _nodes(system)
    assert [one.number for one in citations_of(text, nodes)] == numbers


def _nodes(system: LlmSystem):
    from llama_index.core.schema import NodeWithScore, TextNode

    found = system.answer(ASKED)
    return [
        NodeWithScore(
            node=TextNode(
                text=one.text,
                start_char_idx=one.start,
                end_char_idx=(one.start or 0) + len(one.text),
                metadata={"article_id": one.article_id},
            )
        )
        for one in found.passages
    ]


def test_what_a_model_invents_stays_for_the_measures_to_count() -> None:
    found, _ = ask([says("Ada [1], says the wire [7].")])
    assert [one.number for one in found.citations] == [1]
    assert found.text == "Ada [1], says the wire [7]."


@pytest.mark.parametrize(
    "text",
    [NOT_SAID, "the articles do not say", f'"{NOT_SAID}"', f"**{NOT_SAID}** [1]", f"\n{NOT_SAID} "],
)
def test_the_refusal_phrase_is_an_abstention(text: str) -> None:
    found, _ = ask([says(text)])
    assert found.status == "abstained" and found.abstain_reason == "LOW_SUPPORT"
    assert found.text == "" and found.citations == ()
    assert found.passages and found.usage


@pytest.mark.parametrize(
    "text", [f"{NOT_SAID} But Ada did [1].", "They do not say.", "", "The articles do say."]
)
def test_nothing_else_is_a_refusal(text: str) -> None:
    assert not is_refusal(text)


def test_the_phrase_is_the_prompts() -> None:
    assert f"\n{NOT_SAID}\n" in template("answer")


def test_without_passages_the_model_is_not_asked() -> None:
    found, server = ask([says("Ada")], Asked("who?", filters=Filters(sources=("Nobody",))))
    assert found.status == "abstained" and found.abstain_reason == "NO_RELEVANT_PASSAGES"
    assert server.asked == [] and found.usage is None


def test_filters_reach_the_search() -> None:
    asked = Asked(ASKED.question, filters=Filters(sources=("Wire",)))
    found, server = ask([says("Someone [1].")], asked)
    assert {one.article_id for one in found.passages} == {"a1", "a2"}
    assert TEXTS[0] not in server.asked[0].prompt


@pytest.mark.parametrize("text", ["", "  \n", None])
def test_an_empty_answer_is_an_error(text: str | None) -> None:
    with pytest.raises(LLMFailed, match="empty"):
        ask([says(text)])


def test_a_failing_model_is_an_error_that_the_run_counts(tmp_path: Path) -> None:
    manifest = {
        "dataset": "fake", "dataset_fingerprint": "f", "cases": 2, "cases_fingerprint": "c",
        "system": "llm", "settings": {}, "code": "c", "in_full": False, "judge": None,
    }  # fmt: skip

    def rule(request: Request) -> Reply:
        if "(bad)" in request.prompt:
            return fails(401, f"wrong key: {request.headers['authorization']}")
        return says(f"Ada [1]. I was sent {request.headers['authorization']}.")

    cases: list[Case] = [case("good"), case("bad")]
    with (
        llm_server(rule) as server,
        opened(tmp_path / "run", manifest, [one.id for one in cases]) as folder,
    ):
        outcomes = run(cases, system_of(server), folder, jobs=2)
    assert outcomes["good"].prediction is not None
    assert outcomes["bad"].prediction is None
    assert "answered 401" in (outcomes["bad"].error or "")
    written = b"".join(one.read_bytes() for one in (tmp_path / "run").rglob("*") if one.is_file())
    assert b"answered 401" in written and KEY.encode() not in written


def test_tokens_are_counted_for_each_question_apart() -> None:
    def rule(request: Request) -> Reply:
        asked = re.search(r"question number (\d+)", request.prompt)
        assert asked is not None
        count = int(asked[1])
        return says(f"It is {count} [1].", {"prompt_tokens": count, "completion_tokens": 1})

    with llm_server(rule) as server, ThreadPoolExecutor(LlmSystem.most_jobs) as pool:
        system = system_of(server)
        found = list(pool.map(lambda n: system.answer(Asked(f"question number {n}")), range(24)))
    assert [one.usage for one in found] == [
        {"prompt_tokens": n, "completion_tokens": 1} for n in range(24)
    ]
    assert [one.text for one in found] == [f"It is {n} [1]." for n in range(24)]


def test_tokens_of_several_calls_for_one_question_add_up() -> None:
    """Passages that do not fit into one prompt are read in several."""
    long = [f"Number {n} wrote the first program. " + "word " * 3000 for n in range(6)]
    with llm_server([says("Ada [1].", {"prompt_tokens": 5, "completion_tokens": 2})]) as server:
        found = system_of(server, long).answer(ASKED)
    assert len(server.asked) > 1
    assert found.usage == {
        "prompt_tokens": 5 * len(server.asked),
        "completion_tokens": 2 * len(server.asked),
    }


def test_any_model_of_llama_index_will_do_and_is_left_as_it_was() -> None:
    llm = MockLLM()
    listeners = llm.callback_manager
    found = LlmSystem(Retriever(Shelf(), HashEmbedder()), llm, "mock").answer(ASKED)
    assert found.status == "answered" and TEXTS[0] in found.text
    assert found.usage is None
    assert llm.callback_manager is listeners


def test_it_is_opened_by_its_name(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with watched_connections() as reached, llm_server([says("Ada wrote it [1].")]) as server:
        monkeypatch.setenv("DATELINE_LLM", server.spec)
        monkeypatch.setenv("DATELINE_LLM_API_KEY", KEY)
        system = open_system("llm", dataset(), tmp_path / "data", timeout_seconds=60)
        try:
            settings = system.settings()
            found = system.answer(ASKED)
        finally:
            system.close()
    assert settings.keys() == {"engine", "prompt", "embedding_model", "index_version"}
    assert settings["engine"] == "llm:stub" and KEY not in str(settings)
    assert found.citations[0].article_id == "ada"
    assert reached and [one for one in reached if "127.0.0.1" not in one] == []
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
