"""Whom a pronoun means, where one name is clear; and no name where none is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Hit
from qa.antecedent import bracket, leans
from qa.mentions import is_name, mentions
from tests.passages import hit


def read(text: str, sentence: int = -1, title: str = "") -> str:
    """A sentence with what is inserted into it."""
    passage = hit(text, title=title, offset=7).passage
    start, end = passage.sentences[sentence]
    said = passage.text[start - passage.start : end - passage.start]
    one = bracket(passage, start, end, 3)
    if one is None:
        return said
    return said[: one.after - start] + one.text(passage) + said[one.after - start :]


@pytest.mark.parametrize(
    ("before", "sentence", "name", "after"),
    [
        ("Nouri al-Maliki, a former prime minister of Iraq, called for calm.",
         "He warned of more.", "Nouri al-Maliki", "He"),
        ("Nouri al-Maliki called for calm. He warned of more.",
         "His appeal was heard.", "Nouri al-Maliki's", "His"),
        ("Ilse Brandt spoke in Marl.", "She denied the theft.", "Ilse Brandt", "She"),
        ("Police in Marl arrested Tom Hale.", "He is accused of theft.", "Tom Hale", "He"),
        ("A militia, Saraya Awlia al-Dam, also called Guardians of Blood Brigades, claimed it.",
         "The group is new.", "Saraya Awlia al-Dam", "The group"),
        ("Iraqi Prime Minister Mustafa Al-Kazemi spoke.",
         "The prime minister called the rockets absurd.", "Mustafa Al-Kazemi",
         "The prime minister"),
        ("Kataib Hezbollah and Asaib Ahl al-Haq deny it.", "They say that they took no part.",
         "Kataib Hezbollah and Asaib Ahl al-Haq", "They"),
        ("The Pentagon has avoided an accusation of Iran.", "It did say more.", "Pentagon", "It"),
        ("In Marl, Ana Lind was elected.", "“I am glad,” she said after the vote.", "Ana Lind",
         "“I am glad,” she"),
        ("Ana Lind won the vote.", "On Tuesday she left.", "Ana Lind", "On Tuesday she"),
    ],
)  # fmt: skip
def test_the_one_name_that_fits_is_put_in_brackets(
    before: str, sentence: str, name: str, after: str
) -> None:
    assert read(f"{before} {sentence}") == sentence.replace(after, f"{after} [{name}]", 1)


@pytest.mark.parametrize(
    "text",
    [
        "Joe Biden told Mustafa Al-Kazemi that he was sorry. He promised help.",  # which of them
        "Ilse Brandt accused the mayor of theft. He denied it.",  # the mayor has no name
        "Mr Omar Reza left. She wept.",
        "Ilse Brandt lost her house. He wept.",
        "The Red Hand attacked Marl. It was the second raid.",  # the raid was
        "The Red Hand attacked Marl. It rained.",
        "The Red Hand released a statement. It said nothing.",  # the statement, perhaps
        "Officials in Washington and Baghdad doubt it. They told AFP so.",
        "Divers found nobody. He left.",  # a word that only opens its sentence
        "Kessel fell. Two hundred people lived there. He wept.",
        "It rained all day. He wept.",
        "He wept.",
        "The group of seven met. The group of seven parted.",
        "Ana Lind spoke. When Tom Hale arrived, he wept.",
        "Ana Lind spoke. He or she has to pay.",
    ],
)
def test_what_is_not_clear_gets_no_name(text: str) -> None:
    passage = hit(text).passage
    assert bracket(passage, *passage.sentences[-1], 3) is None


def test_a_surname_is_given_in_full_where_the_passage_has_it_before() -> None:
    text = "Joe Biden flew to Marl. Biden met the press. He wept."
    assert read(text, 1) == "Biden met the press."
    assert read(text) == "He [Joe Biden] wept."


def test_a_family_name_with_its_article_is_the_same() -> None:
    text = "Nouri al-Maliki spoke in Marl. Maliki warned of more. His appeal was heard."
    assert read(text) == "His [Nouri al-Maliki's] appeal was heard."


def test_names_are_looked_for_no_further_back_than_asked() -> None:
    text = "Ana Lind won. It rained. It snowed. It froze. She left."
    passage = hit(text).passage
    assert bracket(passage, *passage.sentences[-1], 3) is None
    assert bracket(passage, *passage.sentences[-1], 4) is not None


@pytest.mark.parametrize("text", ["12", "[1]", "x" * 81, "A\nB", "A\x1b[2J", "<b>", "…"])
def test_a_bracket_never_holds_what_is_no_name(text: str) -> None:
    assert not is_name(text)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["He", "She", "It", "They", "Ana Lind", "Omar Reza", "the mayor", "said", "[1]", ",",
             "“No,”", "\n", ".", "and", "The group", "Al-", "\x1b[2J", "<b>", "🙂", "2021", "of"]
        ),
        max_size=24,
    )
)  # fmt: skip
def test_whatever_an_article_holds_a_bracket_is_a_name_of_the_passage(pieces: list[str]) -> None:
    one: Hit = hit(" ".join(pieces) or "x", offset=5)
    passage = one.passage
    for start, end in passage.sentences:
        given_name = bracket(passage, start, end, 3)
        if given_name is not None:
            name = passage.text[given_name.start - 5 : given_name.end - 5]
            assert is_name(name) or " and " in name
            assert given_name.end <= start < given_name.after <= end
        for mention in mentions(passage, start, end):
            assert passage.text[mention.start - 5 : mention.end - 5] == mention.text


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("It's Sweden's seventh time winning the contest.", False),
        ("It is not clear who fired.", False),
        ("It was the first attack since May.", True),
        ("It is based in Marl.", True),
        ("It was sold in May.", True),
        ("He left.", True),
        ("Its leader left.", True),
        ("Italy left.", False),
    ],
)
def test_an_it_that_means_nothing_needs_no_sentence_before(sentence: str, does: bool) -> None:
    assert leans(sentence) is does
