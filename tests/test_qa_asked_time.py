"""The time that a question names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.asked_time import asked_time
from qa.days import Period, calendar_period

FRIDAY = date(2022, 11, 18)


def named(text: str, as_of: date = FRIDAY) -> str | None:
    """The period as `first..last`, a single day as itself."""
    period = asked_time(text, as_of)
    if period is None:
        return None
    return str(period.first) if period.first == period.last else f"{period.first}..{period.last}"


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("today", "2022-11-18"),
        ("yesterday", "2022-11-17"),
        ("last night", "2022-11-17"),
        ("tonight", "2022-11-18"),
        ("this week", "2022-11-14..2022-11-20"),
        ("earlier this week", "2022-11-14..2022-11-18"),
        ("last week", "2022-11-07..2022-11-13"),
        ("over the last week", "2022-11-12..2022-11-18"),
        ("in the past week", "2022-11-12..2022-11-18"),
        ("this month", "2022-11-01..2022-11-30"),
        ("earlier this month", "2022-11-01..2022-11-18"),
        ("last month", "2022-10-01..2022-10-31"),
        ("last quarter", "2022-07-01..2022-09-30"),
        ("last year", "2021-01-01..2021-12-31"),
        ("at last year's summit", "2021-01-01..2021-12-31"),
        ("this weekend", "2022-11-19..2022-11-20"),
        ("last weekend", "2022-11-12..2022-11-13"),
        ("over the weekend", "2022-11-12..2022-11-13"),
        ("on Monday", "2022-11-14"),
        ("on monday", "2022-11-14"),
        ("on Friday", "2022-11-18"),
        ("last Friday", "2022-11-11"),
        ("this past Sunday", "2022-11-13"),
        ("at Sunday’s awards", "2022-11-13"),
        ("Wednesday night", "2022-11-16"),
        ("in the past 10 days", "2022-11-09..2022-11-18"),
        ("over the last two years", "2020-11-19..2022-11-18"),
        ("3 days ago", "2022-11-15"),
        ("two weeks ago", "2022-11-01..2022-11-07"),
        ("a month ago", "2022-10-01..2022-10-31"),
        ("a couple of years ago", "2020-01-01..2020-12-31"),
    ],
)
def test_times_told_from_the_day_of_asking(words: str, period: str) -> None:
    assert named(f"What did the minister say {words}?") == period


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("in May", "2022-05-01..2022-05-31"),
        ("last May", "2022-05-01..2022-05-31"),
        ("last November", "2021-11-01..2021-11-30"),
        ("in March 2021", "2021-03-01..2021-03-31"),
        ("in march 2021", "2021-03-01..2021-03-31"),
        ("in Sept. 2013", "2013-09-01..2013-09-30"),
        ("in late May", "2022-05-21..2022-05-31"),
        ("on 3 May", "2022-05-03"),
        ("on the 3rd of May", "2022-05-03"),
        ("on may 3", "2022-05-03"),
        ("on 14 March 2022", "2022-03-14"),
        ("on Monday, March 14, 2022", "2022-03-14"),
        ("on 2022-03-14", "2022-03-14"),
        ("between 3 and 5 May", "2022-05-03..2022-05-05"),
        ("on May 3-5, 2020", "2020-05-03..2020-05-05"),
        ("in 2020", "2020-01-01..2020-12-31"),
        ("in early 2020", "2020-01-01..2020-04-30"),
        ("in the summer of 2020", "2020-01-01..2020-12-31"),
        ("in the 1990s", "1990-01-01..1999-12-31"),
        ("in Q2", "2022-04-01..2022-06-30"),
        ("in the third quarter of 2021", "2021-07-01..2021-09-30"),
        ("in the second half of 2021", "2021-07-01..2021-12-31"),
        ("at the end of 2021", "2021-01-01..2021-12-31"),
        ("since June", "2022-06-01..2022-11-18"),
        ("before 2020", "0001-01-01..2019-12-31"),
        ("after 2020", "2021-01-01..2022-11-18"),
        ("until May", "0001-01-01..2022-05-31"),
        ("between June and August", "2022-06-01..2022-08-31"),
        ("between June and August 2020", "2020-06-01..2020-08-31"),
        ("from 2003 to 2011", "2003-01-01..2011-12-31"),
        ("in June or July", "2022-06-01..2022-07-31"),
    ],
)
def test_times_of_the_calendar(words: str, period: str) -> None:
    assert named(f"What did the minister say {words}?") == period


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("Where will the summit be held in March?", "2023-03-01..2023-03-31"),
        ("Who will speak on Monday?", "2022-11-21"),
        ("Who speaks next Monday?", "2022-11-21"),
        ("Who hosts next year's summit?", "2023-01-01..2023-12-31"),
        ("Which bank will close in 2050?", "2050-01-01..2050-12-31"),
        ("What opens tomorrow?", "2022-11-19"),
    ],
)
def test_what_is_to_come(question: str, period: str) -> None:
    assert named(question) == period


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "Who is the mayor of Kessel?",
        "Who may win?",
        "May 12 jurors convict?",
        "Which of the 5 may resign?",
        "Who joined in march for the fields?",
        "What will the march change?",
        "Who won the 2022 World Cup?",
        "What did the 2024 campaign promise?",
        "Which song from 1973 was copied?",
        "Which city saw its hottest day since 2003?",
        "Who was the first to win there since May?",
        "Are prices higher than they were a year ago?",
        "Who bought a phone on Black Friday?",
        "What did the Sunday Times report?",
        "Who opens the shop every Monday?",
        "What did USA TODAY report?",
        "What was lit in 2000 homes?",
        "What did the group of 2000 protesters want?",
        "Who paid $2020 for it?",
        "What happened over 20 years ago?",
        "What happened on 31 April?",
        "What did the January 6 committee find?",  # of which year it does not tell
        "What happened in December?",  # eleven months ago, or in two weeks?
        "What happened last week and in 2019?",
        "What was the next day's news?",
    ],
)
def test_what_names_no_time_or_no_clear_one(question: str) -> None:
    assert named(question) is None


def test_the_sentence_that_asks_goes_before_those_that_lead_up_to_it() -> None:
    funeral = "The Queen died this week. How many people came to the funeral in 1997?"
    assert named(funeral) == "1997-01-01..1997-12-31"
    assert named("It was launched on Wednesday. Where is it bound?") == "2022-11-16"
    assert named("His memoir was published on Nov. 1. Who is he?") == "2022-11-01"


def test_a_time_inside_another_is_the_one() -> None:
    assert named("Who spoke on Tuesday, at this week's congress?") == "2022-11-15"
    assert named("After Black Friday and Cyber Monday, who spoke on Tuesday?") == "2022-11-15"
    assert named("Who spoke in May at this year's congress?") == "2022-05-01..2022-05-31"


def test_a_29_february_is_that_of_a_leap_year() -> None:
    assert named("Who spoke on 29 February?", date(2024, 5, 1)) == "2024-02-29"
    assert named("Who will speak on 29 February?", date(2022, 5, 1)) == "2024-02-29"


@pytest.mark.parametrize("as_of", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_error(as_of: date) -> None:
    words = ["yesterday", "tomorrow", "this week", "last week", "last year", "next year", "in May",
             "on Monday", "next Monday", "12 weeks ago", "9999 years ago", "before today",
             "after today", "this weekend", "over the weekend", "will it be in May"]  # fmt: skip
    for one in words:
        found = asked_time(one, as_of)
        assert found is None or found.first <= found.last


WORDS = st.sampled_from(
    """in on since before after between and the last laſt thıs next past this week weekend year May
    may march March Monday monday Sept. 3 31 2022 20２２ 1990s Q2 ago two days early to - , . ? will
    than first from \ud800 \x00 ٣ today""".split()
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60), st.dates())
@settings(deadline=None)
def test_any_text_gives_a_period_or_none(text: str, as_of: date) -> None:
    found = asked_time(text, as_of)
    assert found is None or isinstance(found, Period)


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2022, 5, 2), date(2022, 5, 1))
    assert calendar_period(2024, 2) == Period(date(2024, 2, 1), date(2024, 2, 29))
    with pytest.raises(ValueError, match="day"):
        calendar_period(2023, 2, 29)
