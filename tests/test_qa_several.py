"""Questions for several answers, and lists that are one answer."""

from __future__ import annotations

import pytest

from qa.several import asks_for_several
from tests.findings import check_both_sides, found, written
from tests.passages import hit


@pytest.mark.parametrize(
    "question",
    [
        "which militias denied responsibility?",
        "WHICH MILITIAS DENIED IT?",
        "who were the winners?",
        "What are the names of the dead?",
        "Which countries border Iraq?",
        "Which two US institutions describe the rockets?",
        "which US states voted?",
        "Which bigger militias do they mean?",
        "Which people died?",
        "Name the victims.",
    ],
)
def test_a_plural_asks_for_several(question: str) -> None:
    assert asks_for_several(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who denied it?",
        "Which sports team won?",
        "Which series ended?",
        "Which company makes phones?",
        "Which country's president resigned?",
        "What causes fires?",
        "What happens next?",
        "What does Kadhimi promise?",
        "Which planet has rings?",
        "What news did he bring?",
        "What percentage of voters stayed away?",
        "When did it fall?",
        "What were the rockets aimed at?",
        "What are you?",
        "Whose cars were damaged?",
        "",
    ],
)
def test_a_singular_does_not(question: str) -> None:
    assert not asks_for_several(question)


DENIAL = "Kataib Hezbollah, Asaib Ahl al-Haq and the Red Hand denied it."
WHICH = "Which militias denied it?"


def test_a_list_in_one_sentence_is_one_span_whole() -> None:
    one = hit(DENIAL, offset=40)
    for name in ("Kataib Hezbollah", "Asaib Ahl al-Haq", "Red Hand"):
        draft = written(WHICH, found(one, name))
        assert draft.short_answer is not None
        assert draft.short_answer.text == "Kataib Hezbollah, Asaib Ahl al-Haq and the Red Hand"
        assert draft.also == ()
        check_both_sides(draft, [one])


def test_answers_from_several_sentences_are_all_given_each_cited() -> None:
    hits = [
        hit("Kataib Hezbollah denied it on Monday.", article="a"),
        hit("The Red Hand rejected the claim, its leader said.", article="b"),
        hit("Only the Blue Sun was silent.", article="c"),
    ]
    findings = [
        found(hits[0], "Kataib Hezbollah", score=0.5, answer=0),
        found(hits[1], "Red Hand", score=0.3, answer=1),
        found(hits[2], "Blue Sun", score=0.1, answer=2),
    ]
    draft = written(WHICH, *findings)
    assert draft.short_answer is not None and draft.short_answer.text == "Kataib Hezbollah"
    assert [(short.text, short.citation) for short in draft.also] == [("Red Hand", 2)]
    assert draft.also[0].confidence < draft.short_answer.confidence
    assert len(draft.citations) == 2
    check_both_sides(draft, hits)
    one = written("Which militia denied it?", *findings)
    assert one.also == () and one.short_answer is not None


def test_what_a_list_has_already_and_what_the_question_names_is_not_given_again() -> None:
    hits = [
        hit(DENIAL, article="a"),
        hit("Asa'ib Ahl al-Haqq denied it again.", article="b"),
        hit("The Blue Sun denied it as well.", article="c"),
    ]
    draft = written(
        "Which militias besides the Blue Sun denied it?",
        found(hits[0], "Kataib Hezbollah", score=0.4, answer=0),
        found(hits[1], "Asa'ib Ahl al-Haqq", score=0.3, answer=1),
        found(hits[2], "Blue Sun", score=0.3, answer=2),
    )
    assert draft.also == ()
    check_both_sides(draft, hits)
    overlapping = hit("The two militias, Kataib Hezbollah and the Red Hand, denied it.")
    draft = written(
        WHICH,
        found(overlapping, "Kataib Hezbollah and the Red Hand", score=0.5),
        found(overlapping, "two militias, Kataib Hezbollah", score=0.4, answer=1),
    )
    assert draft.also == ()


def test_two_who_did_it_together_are_one_answer() -> None:
    one = hit("Ana Lind and Omar Reza signed the treaty in Marl.")
    draft = written("Who signed the treaty?", found(one, "Ana Lind"))
    assert draft.short_answer is not None
    assert draft.short_answer.text == "Ana Lind and Omar Reza"
    passive = hit("The treaty was signed in Marl by Ana Lind and Omar Reza.")
    draft = written("Who signed the treaty?", found(passive, "Omar Reza"))
    assert draft.short_answer is not None
    assert draft.short_answer.text == "Ana Lind and Omar Reza"


@pytest.mark.parametrize(
    ("question", "text", "name"),
    [
        ("Who did Ana Lind meet?", "Ana Lind and Omar Reza met.", "Omar Reza"),
        ("Who plays Ken?", "Eva Hale and Tom Hale star as Mia and Ken.", "Tom Hale"),
        ("Which minister signed it?", "Ana Lind and Omar Reza signed it.", "Ana Lind"),
        ("Who signed it?", "Ana Lind signed it, and Omar Reza left.", "Ana Lind"),
    ],
)
def test_one_of_two_is_not_made_two(question: str, text: str, name: str) -> None:
    draft = written(question, found(hit(text), name))
    assert draft.short_answer is not None and draft.short_answer.text == name
