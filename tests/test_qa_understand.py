"""What a question asks for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.days import Day, calendar_period, find_days
from qa.names import alike, same_name
from qa.records import Question
from qa.target import target
from qa.understand import is_question, understand
from qa.values import number, same_value
from qa.words import initials, key, words

TODAY = date(2024, 5, 20)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("who claimed the Erbil attack?", "who"),
        ("Erbil attack claimed by", "who"),
        ("Which company built the Kessel bridge?", "who"),
        ("The bridge, which fell in May, was built by which company?", "who"),
        ("When was the treaty signed?", "when"),
        ("In what year did the mill open?", "when"),
        ("Where did the ferry sink?", "where"),
        ("Which country won the cup?", "where"),
        ("When it comes to coffee, which country drinks most?", "where"),
        ("How many people were rescued?", "how_many"),
        ("How much did the painting sell for?", "how_many"),
        ("What percentage of voters stayed at home?", "how_many"),
        ("He retired after a career in which he won how many titles?", "how_many"),
        ("Why did the minister resign?", "why"),
        ("How did the fire start?", "how"),
        ("What did the minister say?", "what"),
        ("Did the minister resign?", "yes_no"),
        ("Kessel bridge collapse", "other"),
    ],
)
def test_the_type_of_answer(question: str, kind: str) -> None:
    assert understand(Question(question), TODAY).kind == kind


def test_terms_are_content_words_in_order_and_names_are_as_written() -> None:
    read = understand(Question("  When did  Ana de Souza meet the US envoy this week? "), TODAY)
    assert read.text == "When did Ana de Souza meet the US envoy this week?"
    assert read.terms == ("ana", "de", "souza", "meet", "US", "envoy")
    assert read.names == ("Ana de Souza", "US")


def test_the_day_of_asking_wins_over_today() -> None:
    day = date(2021, 2, 24)
    assert understand(Question("who?", as_of=day), TODAY).as_of == day
    assert understand(Question("who?"), TODAY).as_of == TODAY


def test_the_time_that_is_asked_about() -> None:
    assert understand(Question("Who spoke in May 2023?"), TODAY).when == calendar_period(2023, 5)
    yesterday = Question("Who spoke yesterday?", as_of=date(2021, 2, 24))
    assert understand(yesterday, TODAY).when == calendar_period(2021, 2, 23)
    assert understand(Question("Who spoke?"), TODAY).when is None


def test_the_measure_the_noun_and_the_verb_that_are_asked_for() -> None:
    assert target("How old is the bridge?").measure == "age"
    assert target("How much did it cost?").measure == "money"
    assert target("How long did the strike last?").measure == "duration"
    assert target("How many boats sank?").heads[0] == key("boat")
    assert target("Who denied the report?").verb == key("denies")
    assert target("Which militias denied the report?").verb == key("denies")
    assert target("Who is the mayor of Kessel?").verb is None
    assert not target("What did she say?").may_have_span


@pytest.mark.parametrize(
    ("question", "action"),
    [
        ("Who claimed the raid?", "claimed"),
        ("Who did the Red Band kill?", "kill"),
        ("Who will Ana de Souza meet?", "meet"),
        ("Did the minister finally resign?", "resign"),
        ("When did Brandt and Mann speak?", "speak"),
        ("When did the attack on Marl happen?", None),
        ("Who is the mayor of Kessel?", None),
        ("What did she say?", None),
    ],
)
def test_the_verb_that_a_question_turns_on(question: str, action: str | None) -> None:
    assert target(question).action == action


def test_what_happened_asks_for_no_thing_and_someone_is_no_content() -> None:
    assert not target("What happened on 3 May?").may_have_span
    assert understand(Question("What happened on 3 May?"), TODAY).terms == ("3", "may")
    assert understand(Question("Was anyone hurt at Marl?"), TODAY).terms == ("hurt", "marl")
    assert target("Who is Ana de Souza?").describes
    assert not target("Who is the mayor?").describes


@pytest.mark.parametrize(
    "text",
    ["", "   ", "???", "hello", "Hi there!", "thank you", "asdfghjkl", "aaaaaa", "qwerty", "7"],
)
def test_what_is_no_question(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "Biden",
        "Erbil attack claimed by",
        "G7 summit",
        "谁干的",
        "Wer war es?",
        "power outage",
        "rhythm",
    ],
)
def test_keywords_and_other_languages_are_accepted(text: str) -> None:
    assert is_question(text)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_understood(text: str) -> None:
    read = understand(Question(text), TODAY)
    assert isinstance(is_question(text), bool)
    assert all(term == term.strip() and term for term in read.terms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kadhimi", "Kazemi"),
        ("Erbil", "Irbil"),
        ("Al-Balad", "Balad"),
        ("El-Sisi", "al-Sisi"),
        ("Erdoğan", "Erdogan"),
        ("Zelenskyy", "Zelensky"),
        ("Mustafa Al-Kazemi", "Kadhimi"),
        ("Muhammad", "Mohamed"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"),
        ("Austria", "Australia"),
        ("Balad", "Blood"),
        ("Slovakia", "Slovenia"),
        ("Price", "Prince"),
        ("Niger", "Nigeria"),
        ("Joe Biden", "Jill Biden"),
    ],
)
def test_unlike_names_do_not(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
@settings(deadline=None)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert 0.0 <= alike(one, other) <= 1.0


def test_words_meet_across_forms_and_acronyms() -> None:
    assert key("claimed") == key("claims")
    assert key("won") == key("winner")
    assert key("Iraq's") == key("Iraq’s") == key("iraq")
    assert key("two") == key("2")
    assert key("U.S.") == key("US") != key("us")
    assert "NSA" in initials(words("the National Security Agency said"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on Sunday", Day(2021, 2, 21)),
        ("on Tuesday", Day(2021, 2, 23)),
        ("last Tuesday", Day(2021, 2, 16)),
        ("yesterday", Day(2021, 2, 22)),
        ("on Saturday, 20 February, at", Day(2021, 2, 20)),
        ("February 15", Day(2021, 2, 15)),
        ("on December 30", Day(2020, 12, 30)),
        ("Sept. 11, 2001", Day(2001, 9, 11)),
        ("in May 2019", Day(2019, 5)),
        ("2021-02-03", Day(2021, 2, 3)),
        ("the 31st of April", Day(None, 4, 31)),
    ],
)
def test_days_resolve_against_the_publication(text: str, day: Day) -> None:
    assert [found.day for found in find_days(text, date(2021, 2, 23))] == [day]


def test_a_weekday_without_a_publication_stays_open_and_agrees() -> None:
    (found,) = find_days("on Sunday", None)
    assert found.day == Day()
    assert found.day.agrees(Day(2021, 2, 21))


def test_verbs_and_amounts_are_no_dates() -> None:
    assert find_days("They may march on, with 2,021 people and $2020.", date(2021, 2, 23)) == []


def test_numbers_are_compared_by_size() -> None:
    assert number("more than a dozen") == 12
    assert number("$1.5 million") == 1_500_000
    assert number("nobody") is None
    assert same_value("two people", "2")
    assert not same_value("two", "three")
