"""Sources that do not say the same, and how many say what the answer says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.independence import count_sources
from qa.values import amount, compatible, number, same_value
from tests.findings import check_both_sides, found, written
from tests.passages import hit

HOW_MANY = "How many people were killed in Marl?"
MONDAY, FRIDAY = date(2024, 5, 13), date(2024, 5, 17)


def toll(count: str, article: str, published: date | None, more: str = "") -> tuple:
    said = {
        "a": "{} people were killed in Marl, the hospital said.",
        "b": "The blast ripped the old market open and {} people were killed in Marl.",
        "c": "The mayor of the port town told us that {} people were killed in Marl.",
    }
    text = said[article].format(count) + more
    one = hit(text, article=article, published=published)
    return one, found(one, count)


def test_a_toll_that_rose_is_an_update_with_the_newer_number_as_the_answer() -> None:
    (old, three), (new, nine) = toll("Three", "a", MONDAY), toll("nine", "b", FRIDAY)
    draft = written(HOW_MANY, three, nine)
    assert draft.short_answer is not None and draft.short_answer.text == "nine"
    (conflict,) = draft.conflicts
    assert conflict.kind == "update"
    assert [(p.value, p.published) for p in conflict.positions] == [
        ("nine", FRIDAY),
        ("Three", MONDAY),
    ]
    assert all(len(p.citations) == 1 for p in conflict.positions)
    assert draft.independent_sources == 1
    check_both_sides(draft, [old, new])


@pytest.mark.parametrize(
    ("first", "second"),
    [(MONDAY, MONDAY), (FRIDAY, MONDAY), (None, FRIDAY), (MONDAY, None)],
)
def test_numbers_of_one_day_or_that_fell_or_are_undated_are_a_disagreement(
    first: date | None, second: date | None
) -> None:
    (_, three), (_, nine) = toll("Three", "a", first), toll("nine", "b", second)
    draft = written(HOW_MANY, three, nine)
    assert [conflict.kind for conflict in draft.conflicts] == ["disagreement"]
    assert draft.short_answer is not None and draft.short_answer.text == "Three"


def test_a_later_version_of_a_report_is_an_update_and_a_copy_with_a_slip_is_not() -> None:
    long = " The blast at the market of the old town was heard in all of the valley."
    (_, three), (_, nine) = toll("Three", "a", MONDAY, long), toll("Nine", "a", FRIDAY, long)
    later = replace(
        nine, hit=replace(nine.hit, passage=replace(nine.hit.passage, article_id="b", id="b"))
    )
    assert [one.kind for one in written(HOW_MANY, three, later).conflicts] == ["update"]
    same_day = replace(
        later, hit=replace(later.hit, passage=replace(later.hit.passage, published=MONDAY))
    )
    assert written(HOW_MANY, three, same_day).conflicts == ()


def test_what_is_published_after_the_day_of_the_question_is_not_newer() -> None:
    (_, three), (_, nine) = toll("Three", "a", MONDAY), toll("nine", "b", date(2024, 6, 1))
    draft = written(HOW_MANY, three, nine)
    assert draft.short_answer is not None and draft.short_answer.text == "Three"
    assert [conflict.kind for conflict in draft.conflicts] == ["disagreement"]


def test_an_article_that_updates_itself_contradicts_nothing() -> None:
    more = " Added on Friday: Nine people were killed in Marl."
    old, three = toll("Three", "a", MONDAY, more)
    nine = found(old, "Nine")
    _, other = toll("nine", "b", MONDAY)
    assert written(HOW_MANY, three, nine, other).conflicts == ()
    assert written(HOW_MANY, other, three, nine).conflicts == ()


def test_a_value_that_belongs_to_another_name_is_no_other_side() -> None:
    one = hit("Balad was attacked on Sunday, 12 May, at noon.", article="a")
    other = hit("Rockets struck Balad, and on 3 May they struck Erbil in the north.", article="b")
    own = hit("It was on 3 May that Balad was attacked, an officer told us.", article="c")
    question = "When was Balad attacked?"
    lead = found(one, "Sunday, 12 May")
    assert written(question, lead, found(other, "3 May", answer=1)).conflicts == ()
    assert len(written(question, lead, found(own, "3 May", answer=1)).conflicts) == 1


def test_a_bound_and_a_number_that_keeps_it_agree() -> None:
    _, least = toll("At least 3", "a", MONDAY)
    _, five = toll("5", "b", MONDAY)
    assert written(HOW_MANY, least, five).conflicts == ()
    _, two = toll("2", "c", MONDAY)
    assert written(HOW_MANY, least, two).conflicts != ()


def test_articles_with_another_value_and_of_one_outlet_are_no_further_sources() -> None:
    day = "The pump at Marl failed on {}, in the third year of its service, the firm {} said."
    first = hit(day.format("3 May", "Kessel"), article="a", source="Ledger")
    again = hit(day.format("3 May", "Brandt"), article="b", source="ledger ")
    other = hit(day.format("7 May", "Oster"), article="c", source="Courier")
    third = hit("The firm told us: on 3 May the Marl pump failed.", article="d", source="Wire")
    findings = [found(first, "3 May"), found(again, "3 May"), found(other, "7 May")]
    draft = written("When did the Marl pump fail?", *findings)
    assert draft.independent_sources == 1
    assert len(draft.conflicts) == 1
    draft = written("When did the Marl pump fail?", *findings, found(third, "3 May"))
    assert draft.independent_sources == 2


def test_sources_are_joined_by_copying_and_by_outlet() -> None:
    one, two, three = "a b c d e f g", "h i j k l m n", "o p q r s t u"
    assert count_sources([]) == 0
    assert count_sources([(one, "x"), (two, "y"), (three, None)]) == 3
    assert count_sources([(one, "x"), (two, "X "), (three, "z")]) == 2
    assert count_sources([(one, "x"), (two, "x"), (two, "y"), (three, None)]) == 2
    assert count_sources([(one, ""), (two, " "), (three, None)]) == 3


def test_what_was_denied_is_no_answer() -> None:
    denied = hit("The pump did not fail on 3 May.", article="a")
    told = hit("The pump failed on 5 May, the firm said.", article="b")
    question = "When did the pump fail?"
    draft = written(question, found(denied, "3 May", score=0.6), found(told, "5 May", score=0.4))
    assert draft.short_answer is not None and draft.short_answer.text == "5 May"
    alone = written(question, found(denied, "3 May"), confidence=0.7)
    assert alone.text == "The articles do not say."
    both = hit("The pump did not fail on 3 May, but it failed on 5 May.")
    draft = written(question, found(both, "5 May"))
    assert draft.short_answer is not None and draft.short_answer.text == "5 May"
    why = hit("The pump did not fail because Ana Lind mended it.")
    assert written("Why did the pump not fail?", found(why)).citations


@pytest.mark.parametrize(
    ("text", "value"),
    [("forty-two", 42), ("two dozen", 24), ("a hundred and ten", 110), ("1.5 million", 1.5e6),
     ("two hundred thousand", 200_000), ("two, three", 2), ("1,204 people", 1204), ("no", None)],
)  # fmt: skip
def test_numbers_in_digits_and_words(text: str, value: float | None) -> None:
    assert number(text) == value


def test_a_name_with_a_number_is_no_amount() -> None:
    assert amount("at least 40 people") == 40
    assert amount("Apollo 11") is None and amount("F-16") is None
    assert amount("Sunday, 12 May") == 12


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("two", "Two people", True),
        ("the Red Hand", "Red Hand", True),
        ("Biden", "US President Joe Biden", True),
        ("Kadhimi", "Mustafa al-Kazemi", True),
        ("F-16", "F-16 jets", True),
        ("F-16", "F-35", False),
        ("Apollo 11", "Apollo 12", False),
        ("15 February", "15 March", False),
        ("12 May", "Sunday, 12 May", True),
        ("5%", "5 percent", True),
        ("5%", "$5", False),
        ("two", "three", False),
        ("Iran", "Iraq", False),
        ("", "", False),
    ],
)
def test_short_answers_that_say_the_same(one: str, other: str, same: bool) -> None:
    assert same_value(one, other) is same
    assert same_value(other, one) is same


def test_rounded_numbers_and_bounds_contradict_nothing() -> None:
    assert compatible("about 40", "42") and compatible("at least 3", "5")
    assert compatible("up to 10", "7") and compatible("three", "3")
    assert not compatible("about 40", "60") and not compatible("at least 3", "2")
    assert not compatible("3", "5")
