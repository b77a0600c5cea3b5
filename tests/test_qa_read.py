"""The sentences that answer, and the words in them that do."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Hit, Passage
from qa.config import ReaderConfig
from qa.read import SentenceReader
from qa.records import Finding, Status
from tests.passages import HashEmbedder, answer, asked, hit

CLAIM = (
    "A rocket attack shook the city of Erbil. An unknown group by the name of Saraya Awlia al-Dam "
    "(Guardians of Blood Brigades) claimed responsibility for the Erbil attack. Talks go on."
)


def best(question: str, *hits: Hit) -> Finding:
    return SentenceReader(HashEmbedder()).read(asked(question), hits).findings[0]


def words_of(finding: Finding) -> str | None:
    if finding.span is None:
        return None
    passage = finding.hit.passage
    return passage.text[finding.span[0] - passage.start : finding.span[1] - passage.start]


def test_who_claimed_the_erbil_attack() -> None:
    found = best("who claimed the Erbil attack?", hit(CLAIM, offset=1200))
    assert words_of(found) == "Saraya Awlia al-Dam"
    assert found.start == 1200 + CLAIM.index("An unknown")
    assert found.span is not None and found.span[0] == 1200 + CLAIM.index("Saraya")


@pytest.mark.parametrize(
    ("question", "text", "short"),
    [
        (
            "Who denied the report?",
            "Both the Kessel Group and Norbert Lind AG denied the report on Friday.",
            "Kessel Group and Norbert Lind AG",
        ),
        (
            "Who denied the report?",
            "The report was denied by Mayor Ilse Brandt after Otto Mann had read it.",
            "Ilse Brandt",
        ),
        (
            "Who built the bridge?",
            "The bridge at Kessel was built by Norbert Lind AG for the city of Marl.",
            "Norbert Lind AG",
        ),
        (
            "Who warned the governor?",
            "Ilse Brandt, a former judge and now head of the flood board, on Tuesday warned the "
            "governor of the state.",
            "Ilse Brandt",
        ),
        (
            "Which party does Brandt lead?",
            "Brandt, who leads the Unity party, spoke in Marl.",
            "Unity",
        ),
        (
            "When did the ferry sink?",
            "The ferry sank on Sunday, 12 May, with forty cars on board.",
            "Sunday, 12 May",
        ),
        (
            "When was Marl attacked?",
            "It followed an attack on Marl on Thursday, and one on Kessel on May 3.",
            "Thursday",
        ),
        ("What year did the mill open?", "The mill opened on 3 June 1987 in Marl.", "1987"),
        (
            "Where did the ferry sink?",
            "The ferry sank in Lake Orsen after dark, said Ilse Brandt.",
            "Lake Orsen",
        ),
        (
            "How many people were hurt?",
            "The blast, in which two people were killed and twelve were hurt, woke the town.",
            "twelve",
        ),
        (
            "How many rockets were fired?",
            "More than a dozen rockets were fired at the F-16 base on 15 May.",
            "More than a dozen",
        ),
        (
            "How much did the painting sell for?",
            "The painting sold for $12.6 million, 30 years after it was stolen.",
            "$12.6 million",
        ),
        (
            "What percentage of voters stayed at home?",
            "Some 40 of the 90 towns counted; 35% of voters stayed at home.",
            "35%",
        ),
        (
            "How old is Ilse Brandt?",
            "Ilse Brandt, 62, has led the board for 12 years.",
            "62",
        ),
        (
            "Which ship was damaged?",
            "Officials said the storm had damaged the ship “Morning Star” off Marl.",
            "Morning Star",
        ),
    ],
)
def test_short_answers_by_type(question: str, text: str, short: str) -> None:
    assert words_of(best(question, hit(text))) == short


def test_a_name_from_the_question_is_no_answer() -> None:
    found = best("Who met Ilse Brandt?", hit("Ilse Brandt met nobody in Marl."))
    assert words_of(found) != "Ilse Brandt"


def test_claiming_is_not_denying() -> None:
    text = "The Red Band claimed the raid on Marl. Both guilds have denied a part in the raid."
    found = best("Who denied the raid?", hit(text))
    assert found.start == text.index("Both")
    assert words_of(found) is None


def test_names_meet_across_spellings() -> None:
    text = "The harvest was good. Al-Kazemi visited Irbil on Friday. The river rose."
    found = best("When did Kadhimi visit Erbil?", hit(text))
    assert found.start == text.index("Al-Kazemi")
    assert words_of(found) == "Friday"


def test_an_acronym_meets_the_name_that_it_stands_for() -> None:
    text = "Prices fell. The World Trade Board raised its forecast. Nobody cared."
    assert best("What did the WTB raise?", hit(text)).start == text.index("The World")


def test_a_question_in_an_article_answers_nothing() -> None:
    text = "When did the ferry sink? The ferry sank on 12 May."
    assert best("When did the ferry sink?", hit(text)).start == text.index("The ferry sank")


def read(question: str, *hits: Hit) -> float:
    return SentenceReader(HashEmbedder()).read(asked(question), hits).confidence


def test_near_misses_lower_the_confidence() -> None:
    config = ReaderConfig()
    base = "The Red Band claimed the attack on Marl, officials said. The town of Kessel is near."
    assert read("Who claimed the attack on Marl?", hit(base)) >= config.answered_confidence
    assert read("Who claimed the attack on Kessel?", hit(base)) < config.partial_confidence
    assert read("Who claimed the attack on Orsen?", hit(base)) < config.partial_confidence
    assert read("How much did the Red Band pay Kessel?", hit(base)) < config.partial_confidence
    assert read("Who won the football match?", hit(base)) < config.partial_confidence


def test_no_hits_and_empty_passages_are_an_empty_reading() -> None:
    reader = SentenceReader(HashEmbedder())
    assert reader.read(asked("who?"), []).findings == ()
    blank = Hit(Passage("p", "a", 0, 3, " \n "), 1.0)
    assert reader.read(asked("who?"), [blank]).confidence == 0.0


def test_a_passage_without_sentences_is_one_sentence() -> None:
    text = "  The ferry sank on 12 May.\n"
    found = best("When did the ferry sink?", Hit(Passage("p", "a", 10, 10 + len(text), text), 1.0))
    assert (found.start, found.end) == (12, 10 + len(text.rstrip()))


def test_the_budget_of_embedded_texts_is_kept() -> None:
    config = ReaderConfig()
    embedder = HashEmbedder()
    text = " ".join(f"The ferry number {n} sank on {n} May near Marl." for n in range(1, 30))
    hits = [hit(text, article=f"a{n}", offset=n) for n in range(5)]
    SentenceReader(embedder, config).read(asked("When did the ferry sink?"), hits)
    assert 0 < len(embedder.embedded) <= config.max_embedded + config.max_windows


def test_reading_twice_gives_the_same() -> None:
    reader = SentenceReader(HashEmbedder())
    hits = [hit(CLAIM), hit("The Erbil attack killed two people on May 3.", article="b")]
    question = asked("who claimed the Erbil attack?")
    assert reader.read(question, hits) == reader.read(question, hits)


@settings(max_examples=60, deadline=None)
@given(
    question=st.text(max_size=80),
    texts=st.lists(st.text(min_size=1, max_size=200), max_size=4),
    kind=st.sampled_from(["Who ", "When ", "Where ", "How many ", "Which ", "Why ", ""]),
    published=st.none() | st.dates(min_value=date(1, 1, 1)),
)
def test_any_text_is_read_and_every_offset_is_inside(
    question: str, texts: list[str], kind: str, published: date | None
) -> None:
    hits = [
        hit(text, article=str(n), offset=7 * n, published=published) for n, text in enumerate(texts)
    ]
    reading = SentenceReader(HashEmbedder()).read(asked(kind + question), hits)
    assert 0.0 <= reading.confidence <= 1.0
    for finding in reading.findings:
        passage = finding.hit.passage
        assert passage.start <= finding.start < finding.end <= passage.end
        assert 0.0 <= finding.support <= 1.0
        if finding.span is not None:
            assert finding.start <= finding.span[0] < finding.span[1] <= finding.end


@pytest.mark.parametrize(
    ("question", "text", "short"),
    [
        (
            "Who is the mayor of Marl?",
            "The mayor of Marl, Yusuf Al-Tarani, spoke in Kessel.",
            "Yusuf Al-Tarani",
        ),
        (
            "Who is the mayor of Marl?",
            "The mayor of Marl, Yusuf al-Tarani, spoke in Kessel.",
            "Yusuf al-Tarani",
        ),
        (
            "Who opened the bridge?",
            "The bridge was opened by Karim As-Salih on Friday.",
            "Karim As-Salih",
        ),
        (
            "Where did the shells land in Marl?",
            "Shells struck the Old Harbour in Marl on Monday night.",
            "Old Harbour",
        ),
        (
            "Where did shells hit on Monday?",
            "Shells hit the Old Harbour in Marl on Monday night.",
            "Old Harbour in Marl",
        ),
    ],
)
def test_names_and_places_are_whole(question: str, text: str, short: str) -> None:
    assert words_of(best(question, hit(text))) == short


def test_a_compound_with_a_small_word_is_no_name() -> None:
    text = "Better-known guilds are behind the theft of the gold, the mayor said."
    assert words_of(best("Who is behind the theft of the gold?", hit(text))) != "Better"


def test_a_country_is_not_who() -> None:
    text = (
        "The floods in Orsenia are over. The bands are a cover for a stronger guild, officials of "
        "Orsenia told the Kessel Courier."
    )
    draft = answer("Who are the bands a cover for?", hit(text))
    assert draft.short_answer is None or draft.short_answer.text != "Orsenia"


def test_a_person_is_preferred_to_a_place() -> None:
    text = "The talks in Orsenia went on. Orsenia heard the plan that Ilse Brandt made."
    found = best("Who is behind the plan?", hit(text))
    assert words_of(found) == "Ilse Brandt"


def test_who_is_somebody_named_wants_a_sentence() -> None:
    draft = answer("Who is Ilse Brandt?", hit("Ilse Brandt of the Kessel Board leads the works."))
    assert draft.status is Status.ANSWERED
    assert draft.short_answer is None


TALKS = (
    "Ilse Brandt and Otto Mann met the guild of Marl on Friday. The storm has killed two sheep "
    "in Kessel."
)


@pytest.mark.parametrize(
    "question",
    ["Who did Ilse Brandt kill?", "Who kidnapped Otto Mann?", "Did Ilse Brandt resign?"],
)
def test_what_nobody_is_said_to_have_done_is_not_answered(question: str) -> None:
    draft = answer(question, hit(TALKS))
    assert draft.status is Status.ABSTAINED


def test_what_somebody_is_said_to_have_done_is_answered() -> None:
    assert answer("Who did Ilse Brandt meet?", hit(TALKS)).status is Status.ANSWERED
    assert answer("Did Ilse Brandt meet the guild?", hit(TALKS)).status is Status.ANSWERED


def test_what_happened_on_a_day_gives_its_sentences() -> None:
    text = "The fair was on 10 May. On 12 May a bridge fell in Kessel. Marl was calm."
    draft = answer("What happened on May 12?", hit(text))
    assert draft.status is Status.ANSWERED and draft.short_answer is None
    assert draft.text == "On 12 May a bridge fell in Kessel. [1]"


def test_a_weekday_meets_the_date_that_is_asked_for() -> None:
    text = "The fair was on Friday. The ferry sank on Sunday off Marl. Marl was calm."
    assert best("What happened on 12 May?", hit(text)).start == text.index("The ferry")
    assert best("What happened on 10 May?", hit(text)).start == 0


def test_what_happened_somewhere_gives_its_sentences() -> None:
    draft = answer("What happened in Kessel?", hit("A bridge fell in Kessel. Marl was calm."))
    assert draft.status is Status.ANSWERED
    assert draft.text == "A bridge fell in Kessel. [1]"
    assert answer("What happened in Orsen?", hit(TALKS)).status is Status.ABSTAINED


def test_a_sentence_with_one_date_goes_before_a_list_of_dates() -> None:
    listing = (
        "The Old Harbour on Monday, Marl Air Base on Sunday, Kessel on 6 May: three attacks hit "
        "the region within a week."
    )
    direct = "Marl Air Base was shelled on Sunday, 12 May."
    hits = [hit(direct, article="a"), hit(listing, article="b")]
    draft = answer("When was Marl Air Base attacked?", *hits)
    assert draft.text.startswith(direct)
    assert draft.conflicts == ()


def test_the_date_of_another_place_contradicts_nothing() -> None:
    direct = "Marl Air Base was attacked on Sunday, 12 May."
    other = "Before that, shells had been fired at Marl Air Base, and on 6 May at Kessel."
    hits = [hit(direct, article="a"), hit(other, article="b")]
    assert answer("When was Marl Air Base attacked?", *hits).conflicts == ()


def test_a_question_about_this_week_is_not_answered_from_years_ago() -> None:
    text = "Otto Mann won the race in Kessel."
    old, new = hit(text, published=date(2019, 5, 14)), hit(text)
    assert read("Who won the race this week?", old) < read("Who won the race this week?", new)
    assert read("Who won the race?", old) == read("Who won the race?", new)


def test_the_question_itself_is_no_answer() -> None:
    question = "Which bird was replaced by a dog?"
    assert answer(question, hit(question)).status is Status.ABSTAINED


def test_copies_are_embedded_once() -> None:
    embedder = HashEmbedder()
    hits = [hit(TALKS, article=f"a{n}") for n in range(3)]
    SentenceReader(embedder).read(asked("Who did Ilse Brandt meet?"), hits)
    assert embedder.embedded.count(TALKS.split(". ")[0] + ".") == 1
