"""Passages: whole sentences, true offsets, never longer than the model reads."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import MOST_CHARACTERS, chunk, embedded_text, title_context
from index.config import IndexConfig
from index.records import Article
from index.sentences import sentences

NEWS = (
    "Sen. Ada Okoro said on Jan. 6 that the U.S. Army would rebuild the bridge. “It must be open "
    "by 5 p.m. on Friday,” she said. The firm, Acme Inc., asked for $3.5 million.\n\n"
    "Was it too much? Gov. Lind said no! The river rose 2.4 metres."
)


class WordTokenizer:
    """Words and marks as tokens: the shape of the real tokenizer, without its vocabulary."""

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def passages_of(text: str, most: int = 60):
    article = Article(id="a1", title="A title of five words", text=text)
    return chunk(article, "f1", WordTokenizer(), IndexConfig(passage_tokens=most)), article


def test_sentences_end_where_a_reader_ends_them() -> None:
    assert [NEWS[start:end] for start, end in sentences(NEWS)] == [
        "Sen. Ada Okoro said on Jan. 6 that the U.S. Army would rebuild the bridge.",
        "“It must be open by 5 p.m. on Friday,” she said.",
        "The firm, Acme Inc., asked for $3.5 million.",
        "Was it too much?",
        "Gov. Lind said no!",
        "The river rose 2.4 metres.",
    ]


def test_passages_are_whole_sentences_of_about_equal_length() -> None:
    text = " ".join(f"Sentence number {n} tells of the flood in the valley." for n in range(60))
    passages, _ = passages_of(text)
    lengths = [len(WordTokenizer().offsets(one.text)) for one in passages]
    assert len(passages) > 5
    assert max(lengths) <= 60
    assert min(lengths) >= 30
    assert all(one.text.startswith("Sentence") and one.text.endswith("valley.") for one in passages)
    assert sum(len(one.sentences) for one in passages) == 60


words = st.text(alphabet="abc éß中🙂.!?,“”'\t-", max_size=30)
texts = st.lists(st.one_of(words, st.sampled_from(["\n", "\n\n", NEWS, "Mr. X. ", "a" * 300])))


@settings(max_examples=150, deadline=None)
@given(texts.map("".join).filter(lambda text: text.strip()), st.integers(8, 80))
def test_every_passage_and_sentence_is_the_text_between_its_offsets(text: str, most: int) -> None:
    passages, article = passages_of(text, most)
    covered = 0
    for one in passages:
        assert article.text[one.start : one.end] == one.text
        assert one.start >= covered
        covered = one.end
        assert len(WordTokenizer().offsets(one.text)) <= most
        assert len(one.text) <= MOST_CHARACTERS
        assert one.sentences[0][0] == one.start
        assert one.sentences[-1][1] == one.end
        for begin, end in one.sentences:
            assert article.text[begin:end].strip() == article.text[begin:end] != ""
    kept = "".join("".join(article.text[a:b] for a, b in one.sentences) for one in passages)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)  # nothing is left out
    assert passages_of(text, most)[0] == passages  # and ids are the same every time


def test_ids_differ_between_versions_and_offsets() -> None:
    article = Article(id="a1", title="", text=NEWS)
    config = IndexConfig(passage_tokens=20)
    first = chunk(article, "f1", WordTokenizer(), config)
    second = chunk(article, "f2", WordTokenizer(), config)
    ids = {one.id for one in (*first, *second)}
    assert len(ids) == len(first) + len(second)


@pytest.mark.parametrize("text", ["x" * 3_000_000, "word " * 600_000, "a.\n" * 500_000])
def test_a_huge_article_is_cut_in_linear_time(text: str) -> None:
    began = time.monotonic()
    passages, article = passages_of(text, 200)
    assert time.monotonic() - began < 30
    assert max(len(one.text) for one in passages) <= MOST_CHARACTERS
    assert passages[-1].end == len(text.rstrip())


def test_the_title_is_context_for_the_model_and_is_never_quoted() -> None:
    passages, article = passages_of(NEWS)
    config = IndexConfig(title_tokens=3)
    context = title_context(article.title, WordTokenizer(), config)
    assert context == "A title of"
    assert embedded_text(context, passages[0].text).startswith("A title of\nSen. Ada")
    assert all("A title" not in one.text for one in passages)
