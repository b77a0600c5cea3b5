from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ask_again import for_another, with_else
from qa.phrases import Proper, phrases
from qa.records import PastTurn
from qa.stand_alone import LONGEST, stand_alone, ways_to_stand_alone
from qa.verbs import base_form


def turn(question: str, text: str = "", *short: str) -> PastTurn:
    return PastTurn(question, question, text, short)


FIRE = turn(
    "who started the Velden fire?",
    "A youth group by the name of Red Lantern started the Velden fire. [1]",
    "Red Lantern",
)
FERRY = turn(
    "when did ferries leave Port Anselm?",
    "Ferries left Port Anselm on Saturday. [1]",
    "Saturday",
)
MAYOR = turn(
    "what did Ilse Brandt call for?",
    "Ilse Brandt, the mayor, called for an inquiry into the Velden fire. [1]",
    "an inquiry",
)


@pytest.mark.parametrize(
    ("follow_up", "standalone"),
    [
        ("when did it happen?", "when did the Velden fire happen?"),
        ("and who denied it?", "who denied the Velden fire?"),
        ("how many died?", "how many died in the Velden fire?"),
        ("who are they?", "who are Red Lantern?"),
        ("who leads the group?", "who leads Red Lantern?"),
        ("was that fire put out?", "was the Velden fire put out?"),
        ("who else?", "who else started the Velden fire?"),
        ("why?", "why did Red Lantern start the Velden fire?"),
        ("what about Bellmouth?", "who started the Bellmouth fire?"),
        ("No, I meant Bellmouth", "who started the Bellmouth fire?"),
        ("what happened next?", "what happened after the Velden fire?"),
        ("how did Bellmouth react?", "how did Bellmouth react to the Velden fire?"),
        ("is there a video?", "is there a video of the Velden fire?"),
        ("anybody killed?", "was anybody killed in the Velden fire?"),
        (
            "who says so?",
            "who says that a youth group by the name of Red Lantern started the Velden fire?",
        ),
    ],
)
def test_what_a_follow_up_leaves_out_is_put_in(follow_up: str, standalone: str) -> None:
    assert stand_alone(follow_up, [FIRE]) == standalone


@pytest.mark.parametrize(
    ("follow_up", "standalone"),
    [
        ("how many?", "how many ferries did leave Port Anselm?"),
        ("where is it?", "where is Port Anselm?"),
        ("who works there?", "who works in Port Anselm?"),
        ("why?", "why did ferries leave Port Anselm?"),
        ("on Monday?", "when did ferries leave Port Anselm on Monday?"),
    ],
)
def test_the_last_turn_counts_before_earlier_ones(follow_up: str, standalone: str) -> None:
    assert stand_alone(follow_up, [FIRE, FERRY]) == standalone


def test_a_person_is_taken_up_by_he_or_she_and_exchanged_for_another() -> None:
    talk = [FIRE, MAYOR]
    assert stand_alone("who is she?", talk) == "who is Ilse Brandt?"
    assert stand_alone("what else did she say?", talk) == "what else did Ilse Brandt say?"
    assert stand_alone("and Tom Reyes?", talk) == "what did Tom Reyes call for?"


@pytest.mark.parametrize(
    "question",
    [
        "who leads Orland?",
        "what did Tom Reyes say about the harbour?",
        "When did the Orland parliament vote?",
        "what is Red Lantern?",
        "what happened on 15 March?",
    ],
)
def test_a_change_of_subject_drags_nothing_along(question: str) -> None:
    assert stand_alone(question, [FIRE, FERRY]) == question


def test_what_happened_is_asked_of_the_event_and_where_of_the_latest_place() -> None:
    told = turn(
        "who denied that Red Lantern attacked Velden?", "Red Lantern did. [1]", "Red Lantern"
    )
    assert stand_alone("when did it happen?", [FIRE, told]) == "when did the Velden fire happen?"
    there = turn("what about it in Bellmouth?")
    assert stand_alone("how many were hurt?", [FIRE, there]).endswith("in Bellmouth?")


def test_an_event_that_was_not_spoken_of_is_a_subject_of_its_own() -> None:
    assert stand_alone("who signed the treaty?", [FIRE]) == "who signed the treaty?"


def test_further_meanings_come_after_the_likeliest_and_differ() -> None:
    ways = ways_to_stand_alone("who leads it?", [FIRE, FERRY])
    assert ways[0] == stand_alone("who leads it?", [FIRE, FERRY])
    assert 1 < len(ways) == len(set(ways)) <= 3
    assert ways_to_stand_alone("who won the cup?", [FIRE])[-1] == "who won the cup?"
    assert ways_to_stand_alone("who leads Orland?", [FIRE]) == ["who leads Orland?"]


def test_a_name_typed_small_is_known_by_how_the_passages_write_it() -> None:
    passages = ["The parliament of Orland sat on Monday. Rain fell on Orland and on Velden."]
    assert stand_alone("who leads orland?", [FIRE], passages) == "who leads Orland?"
    typed = turn("who started the velden fire?", FIRE.text, "Red Lantern")
    assert stand_alone("what about orland?", [typed], passages) == "who started the Orland fire?"


def test_an_abstention_before_it_does_not_take_the_subject_away() -> None:
    nothing = turn("how many died in the Velden fire?")
    assert stand_alone("who was hurt?", [FIRE, nothing]) == "who was hurt in the Velden fire?"


def test_a_topic_ahead_of_a_comma_is_what_the_pronoun_means() -> None:
    asked = stand_alone("back to the harbour, when was it closed?", [FIRE])
    assert asked == "when was the harbour closed?"


def test_without_turns_or_beyond_the_length_of_a_follow_up_it_stays_as_it_is() -> None:
    assert stand_alone("when  did it\thappen?", []) == "when did it happen?"
    long = "when did it happen " * (LONGEST // 19 + 1)
    assert stand_alone(long, [FIRE]) == long.strip()


@given(
    st.text(max_size=200),
    st.lists(
        st.builds(PastTurn, st.text(max_size=80), st.text(max_size=80), st.text(max_size=200)),
        max_size=3,
    ),
)
def test_no_text_breaks_it(text: str, history: list[PastTurn]) -> None:
    made = stand_alone(text, history)
    assert "\n" not in made
    assert bool(made) == bool(text.split())


@pytest.mark.parametrize(
    ("question", "wh", "answers", "again"),
    [
        ("who is the mayor of Velden?", "since when", ["Ilse Brandt"],
         "since when is Ilse Brandt the mayor of Velden?"),
        ("was the fire put out?", "when", [], "when was the fire put out?"),
        ("when was the fire put out?", "by whom", [], "by whom was the fire put out?"),
        ("how many houses burned?", "where", [], "where did houses burn?"),
        ("when were flights cancelled?", "how many", [], "how many flights were cancelled?"),
    ],
)  # fmt: skip
def test_a_question_is_asked_again_for_another_thing(
    question: str, wh: str, answers: list[str], again: str
) -> None:
    assert for_another(question, wh, answers) == again


def test_only_some_questions_can_be_asked_for_else() -> None:
    assert with_else("who was hurt?") == "who else was hurt?"
    assert with_else("how many were hurt?") == ""


def test_noun_phrases_are_found_without_a_tagger() -> None:
    proper = Proper(["Rain fell on Velden. The mayor of Velden spoke."])
    text = "did the mayor accuse anyone of the arson attack on velden?"
    found = {one.text: one for one in phrases(text, proper.of(text))}
    assert set(found) == {"the mayor", "the arson attack on velden"}
    event = found["the arson attack on velden"]
    assert event.is_event and event.named and event.definite
    assert text[event.start : event.end] == event.text


@pytest.mark.parametrize(
    ("verb", "base"),
    [
        ("claimed", "claim"), ("denied", "deny"), ("fired", "fire"), ("planned", "plan"),
        ("took", "take"), ("killed", "kill"), ("announced", "announce"), ("used", "use"),
        ("visited", "visit"), ("hit", "hit"), ("leads", "leads"), ("rockets", "rockets"),
    ],
)  # fmt: skip
def test_past_forms_are_brought_to_their_base(verb: str, base: str) -> None:
    assert base_form(verb) == base
