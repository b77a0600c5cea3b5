"""Yes, no or unclear, and its proof."""

from __future__ import annotations

from datetime import date

import pytest

from qa.records import Status
from tests.findings import check_both_sides, found, written
from tests.passages import hit


def said(question: str, text: str, title: str = "") -> str:
    one = hit(text, title=title)
    draft = written(question, found(one, sentence=text.split(". ")[-1][:12]))
    check_both_sides(draft, [one])
    return draft.text.split(".")[0]


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("Did Ana Lind resign?", "Ana Lind resigned on Monday.", "Yes"),
        ("Did Ana Lind resign?", "Ana Lind quit on Monday.", "Yes"),
        ("Did Ana Lind resign?", "Ana Lind did not resign on Monday.", "No"),
        ("Did Ana Lind resign?", "Ana Lind has never resigned.", "No"),
        ("Did Ana Lind resign?", "Ana Lind denied that she had resigned.", "No"),
        ("Did Ana Lind resign?", "Ana Lind refused to resign.", "No"),
        ("Did Ana Lind resign?", "Ana Lind may resign.", "Unclear"),
        ("Did Ana Lind resign?", "Ana Lind plans to resign.", "Unclear"),
        ("Did Ana Lind resign?", "It is unclear whether Ana Lind resigned.", "Unclear"),
        ("Did Ana Lind resign?", "Omar Reza resigned on Monday.", "Unclear"),
        ("Did Ana Lind resign?", "Ana Lind spoke on Monday.", "Unclear"),
        ("Did Ana Lind resign?", "Did Ana Lind resign?", "Unclear"),
        ("Will Ana Lind resign?", "Ana Lind will resign in May.", "Yes"),
        ("Will Ana Lind resign?", "Ana Lind will not resign.", "No"),
        ("Did Ana Lind deny the theft?", "Ana Lind denied the theft.", "Yes"),
        ("Does Ana Lind admit the theft?", "Ana Lind denies the theft.", "No"),
        ("Did Ana Lind accept the offer?", "Ana Lind rejected the offer.", "No"),
        ("Is the Marl bridge open?", "The bridge at Marl is closed.", "No"),
        ("Is the Marl bridge open?", "The bridge at Marl is open again.", "Yes"),
        ("Is the Marl bridge open?", "The bridge at Marl is not open yet.", "No"),
        ("Was anyone hurt at Marl?", "One contractor was wounded at Marl.", "Yes"),
        ("Was anyone hurt at Marl?", "Nobody was hurt at Marl.", "No"),
        ("Was anyone hurt at Marl?", "The raid on Marl injured nobody.", "No"),
        ("Did Iran hit Iraq?", "Iraq hit Iran.", "Unclear"),
        ("Did Iran hit Iraq?", "Iraq was hit by Iran.", "Yes"),
        ("Did Iran hit Iraq?", "Iran struck Iraq.", "Yes"),
        ("Were 3 people killed in Marl?", "5 people were killed in Marl.", "Unclear"),
        ("Were three people killed in Marl?", "3 people were killed in Marl.", "Yes"),
        ("Were rockets fired at Marl?", "Nobody has claimed the rockets that were fired at Marl.",
         "Yes"),
        ("Did the Red Hand take part in the attacks?",
         "The Red Hand denies that it had a part in the attacks.", "No"),
        ("Did Ana Lind resign?", "Ana Lind, who did not speak, resigned.", "Yes"),
        ("Did Oster fall?", "Marl fell.", "Unclear"),
        ("Was Oster hit before Marl?", "Oster was hit, and Marl.", "Unclear"),
        ("Did all of the banks fail?", "The banks failed.", "Unclear"),
        ("Has Oster named who did the raid?", "Oster has not named anyone for the raid.", "No"),
        ("Did Oster try to shoot the rockets down?", "Oster did not fire at the rockets.", "No"),
        ("Is the bridge a ruin?", "The bridge was not mended and is no ruin.", "No"),
        ("Are the rockets a danger?", "It did not say whether the rockets are a danger.",
         "Unclear"),
        ("Did Kadhimi resign?", "Mustafa al-Kazemi resigned.", "Yes"),
    ],
)  # fmt: skip
def test_the_verdict_is_what_the_sentence_says(question: str, text: str, verdict: str) -> None:
    assert said(question, text) == verdict


def test_a_name_may_stand_in_the_title_or_before_but_a_day_has_to_stand_there() -> None:
    assert said("Did Ana Lind resign?", "The mayor resigned.", title="Ana Lind leaves") == "Yes"
    assert said("Did Ana Lind resign?", "Ana Lind spoke. The mayor resigned.") == "Yes"
    assert said("Did Ana Lind resign on Monday?", "It is Monday. Ana Lind resigned.") == "Unclear"


def test_a_sentence_on_somebody_else_proves_nothing_of_the_one_named_before() -> None:
    text = "Rockets hit the Green Zone. At Erbil two people were hurt."
    assert said("Was anyone hurt in the Green Zone?", text) == "Unclear"
    assert said("Was anyone hurt at Erbil?", text) == "Yes"


def test_a_question_in_an_article_proves_nothing() -> None:
    one = hit("Is the bridge at Marl open? The bridge at Marl is shut.")
    findings = found(one, sentence="Is the"), found(one, sentence="shut", support=0.8)
    assert written("Is the Marl bridge open?", *findings).text.startswith("No. The bridge")


def test_yes_leads_the_text_and_its_proof_is_cited() -> None:
    one = hit("It rained. Ana Lind resigned on Monday.", offset=10)
    draft = written("Did Ana Lind resign?", found(one, sentence="Ana Lind"))
    assert draft.text == "Yes. Ana Lind resigned on Monday. [1]"
    assert draft.status is Status.ANSWERED
    short = draft.short_answer
    assert short is not None and (short.text, short.start, short.end) == ("yes", 21, 49)
    check_both_sides(draft, [one])


def test_unclear_is_a_partial_answer_with_its_proof_and_no_abstention() -> None:
    one = hit("Ana Lind may resign.")
    draft = written("Did Ana Lind resign?", found(one))
    assert draft.text == "Unclear. Ana Lind may resign. [1]"
    assert draft.status is Status.PARTIAL
    assert draft.abstain_reason is None and draft.short_answer is None


def test_a_sentence_that_decides_goes_before_a_better_one_that_does_not() -> None:
    hits = [hit("Ana Lind may resign.", article="a"), hit("Ana Lind resigned.", article="b")]
    draft = written(
        "Did Ana Lind resign?", found(hits[0], support=0.9), found(hits[1], support=0.85)
    )
    assert draft.text == "Yes. Ana Lind resigned. [1]"
    draft = written(
        "Did Ana Lind resign?", found(hits[0], support=0.9), found(hits[1], support=0.3)
    )
    assert draft.text.startswith("Unclear.")


def test_sources_that_say_yes_and_no_are_both_shown() -> None:
    hits = [
        hit("The Marl bridge is open.", article="a", published=date(2024, 5, 10)),
        hit("The Marl bridge has not been open since April.", article="b"),
    ]
    draft = written("Is the Marl bridge open?", found(hits[0]), found(hits[1]))
    assert draft.text.startswith("Unclear. The Marl bridge is open. [1] The Marl bridge has not")
    assert draft.short_answer is None
    (conflict,) = draft.conflicts
    assert [(p.value, p.citations) for p in conflict.positions] == [("yes", (1,)), ("no", (2,))]
    assert conflict.positions[0].published == date(2024, 5, 10)
    check_both_sides(draft, hits)


def test_one_of_two_is_no_yes_or_no() -> None:
    one = hit("The raid on Marl was on Sunday.")
    draft = written("Was it Saturday or Sunday that Marl was raided?", found(one, "Sunday"))
    assert draft.text == "The raid on Marl was on Sunday. [1]"
    assert draft.short_answer is not None and draft.short_answer.text == "Sunday"
