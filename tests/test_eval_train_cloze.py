"""Questions made from news sentences."""

from datetime import date

import numpy as np

from eval.train.cloze import Cloze, clozes, group_of
from index.records import Article, Hit, Passage

TEXT = (
    "The harbour company Borg Shipping bought the port of Olen for $40 million on Monday. "
    "Mayor Ana Lind said that 120 people would keep their work until 2024. "
    "Borg Shipping had lost the port of Varna in March 2021 after a long quarrel."
)


def _article(id: str = "a", text: str = TEXT) -> Article:
    return Article(id=id, url=None, title="Port", text=text, source=None, authors=(),
                   published=date(2023, 5, 2), updated=None, fetched=None)  # fmt: skip


def _hit(id: str, text: str) -> Hit:
    return Hit(Passage(id=id, article_id=id, start=0, end=len(text), text=text), 0.5)


def test_a_question_asks_for_words_of_its_sentence_and_does_not_hold_them():
    made = clozes(_article(), np.random.default_rng(1), most=10)
    assert len(made) >= 4
    assert len({one.answer for one in made}) == len(made)
    for one in made:
        assert one.answer in one.sentence
        assert one.answer not in one.question
        assert one.question.endswith("?")
    asked = {one.answer: one.question.lower() for one in made}
    assert "how much" in asked.get("$40 million", "how much")
    assert "how many" in asked.get("120", "how many")
    assert "Monday" not in asked


def test_the_same_seed_gives_the_same_questions():
    first, second = (clozes(_article(), np.random.default_rng(4), 3) for _ in range(2))
    assert first == second


def test_an_article_without_sentences_gives_none():
    for text in (
        "",
        "Short.",
        "WHY ALL OF THIS IS A HEADLINE IN CAPITALS AND NOTHING ELSE AT ALL.",
    ):
        assert clozes(_article(text=text), np.random.default_rng(1), 3) == []


CLOZE = Cloze(
    "Who bought the port of Olen for $40 million on Monday?",
    "Borg Shipping",
    "The harbour company Borg Shipping bought the port of Olen for $40 million on Monday.",
)


def test_the_answer_is_looked_for_in_other_articles_and_what_lacks_it_misleads():
    hits = [
        _hit("a", TEXT),
        _hit("barred", "Borg Shipping bought the port of Olen for $40 million."),
        _hit("b", "The port of Olen was sold for $40 million, its mayor said."),
        _hit("c", "Olen’s port now belongs to Borg Shipping, for $40 million."),
        _hit("d", "A storm closed the port of Olen."),
    ]
    group = group_of(CLOZE, _article(), lambda *_: hits, 2, lambda id: id != "barred")
    assert group is not None
    assert [bool(text.spans) for text in group.texts] == [True, False, False]
    a, b = group.texts[0].spans[0]
    assert group.texts[0].text[a:b] == "Borg Shipping"
    assert "sold" in group.texts[1].text


def test_a_copy_of_the_sentence_or_a_passing_mention_is_no_answer():
    copies = [_hit("b", TEXT), _hit("c", "Borg Shipping has a new choir."), _hit("d", "The port.")]
    assert group_of(CLOZE, _article(), lambda *_: copies, 2, lambda _: True) is None
