"""SQuAD's form, 1.1 and 2.0: answers, the sentences that hold them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets.squad import read
from eval.errors import DatasetInvalid
from eval.records import Case, Dataset

SMALL = Path(__file__).parent / "datasets" / "squad"
CONTEXT = "The ferry runs again. The council paid for the ferry."


@pytest.fixture(scope="module")
def first() -> Dataset:
    return read(SMALL / "version-1.1.json")


def case(dataset: Dataset, id: str) -> Case:
    [found] = [one for one in dataset.cases if one.id == id]
    return found


def quotes(one: Case) -> list[str]:
    assert len(one.evidence) <= 1
    return [evidence.quote for fact in one.evidence for evidence in fact]


def written(folder: Path, *questions: object, context: object = CONTEXT) -> Path:
    file = folder / "squad.json"
    paragraph = {"context": context, "qas": list(questions)}
    file.write_text(json.dumps({"data": [{"title": "Ferry", "paragraphs": [paragraph]}]}))
    return file


def question(text: str = "The council", start: int = 22, **changes: object) -> dict:
    answers = [{"text": text, "answer_start": start}]
    return {"id": "q", "question": "who paid?", "answers": answers, **changes}


def test_paragraphs_are_articles_under_their_title(first: Dataset) -> None:
    assert [(one.id, one.title) for one in first.corpus()] == [
        ("paragraph-1-1", "Rockets in Iraq"),
        ("paragraph-1-2", "Rockets in Iraq"),
        ("paragraph-2-1", "Café of the bridge"),
    ]


def test_the_answers_are_as_given_each_once(first: Dataset) -> None:
    one = case(first, "claim-who")
    assert one.answers == ("A little-known militia", "militia")
    assert one.is_answerable and one.tags == () and one.as_of is None
    assert case(first, "bridge-who").answers == (
        "The mayor of Sulaymaniyah — a former\u00a0engineer",
    )


def test_the_evidence_is_the_sentence_that_holds_the_answer(first: Dataset) -> None:
    assert quotes(case(first, "claim-who")) == [
        "A little-known militia said on Monday that it had fired the rockets at Erbil."
    ]
    assert quotes(case(first, "claim-how-many")) == ["Two people were killed and twelve were hurt."]


def test_of_several_places_the_one_that_the_offset_tells(first: Dataset) -> None:
    assert quotes(case(first, "third-rockets")) == ["Nobody claimed the rockets at Balad."]
    assert quotes(case(first, "bridge-second")) == ["The bridge cost 40 million dinars."]


def test_an_answer_across_sentences_has_all_of_them(first: Dataset) -> None:
    assert quotes(case(first, "across")) == [
        "Rockets fell on Erbil on Monday evening. The next rockets fell on Balad on Saturday."
    ]


def test_evidence_is_found_where_cleaning_changed_the_text(first: Dataset) -> None:
    assert quotes(case(first, "bridge-cost")) == ["The bridge cost 40 million dinars."]
    [quote] = quotes(case(first, "bridge-who"))
    assert quote.startswith("The mayor of Sulaymaniyah — a former engineer — opened")


def test_a_paragraph_that_stands_twice_is_the_first(first: Dataset) -> None:
    assert case(first, "claim-again").relevant == {"paragraph-1-1": 1}


def test_impossible_questions_have_no_answers_and_no_relevant_article() -> None:
    answered, impossible = read(SMALL / "version-2.0.json").cases
    assert answered.is_answerable and answered.answers == ("on Tuesday",)
    assert impossible.is_answerable is False
    assert (impossible.answers, impossible.evidence, impossible.relevant) == ((), (), {})


def test_no_answers_and_no_word_on_it_mean_impossible(tmp_path: Path) -> None:
    [one] = read(written(tmp_path, question(answers=[]))).cases
    assert one.is_answerable is False


@pytest.mark.parametrize(
    ("text", "start", "quote"),
    [
        ("The council", 22, ["The council paid for the ferry."]),
        ("The council", 23, ["The council paid for the ferry."]),  # a little off, but once there
        ("ferry", 4, ["The ferry runs again."]),
        ("ferry", 47, ["The council paid for the ferry."]),
        ("ferry", 46, []),  # off, and there twice
        ("ferry", 10**15, []),
        ("e", 2, ["The ferry runs again."]),
    ],
)
def test_an_offset_that_is_off_counts_where_the_words_stand_once(
    tmp_path: Path, text: str, start: int, quote: list[str]
) -> None:
    [one] = read(written(tmp_path, question(text, start))).cases
    assert quotes(one) == quote and one.relevant == {"paragraph-1-1": 1}


def test_offsets_count_code_points(tmp_path: Path) -> None:
    context = "🌉 ferry. 🌉🌉 The ferry."
    file = written(tmp_path, question("ferry", context.rindex("ferry")), context=context)
    assert quotes(read(file).cases[0]) == ["🌉🌉 The ferry."]


def test_a_paragraph_that_indexing_rejects_has_no_evidence(tmp_path: Path) -> None:
    file = written(tmp_path, question("Share", 0), context="Share this article")
    [one] = read(file).cases
    assert one.answers == ("Share",) and one.relevant == {} and one.evidence == ()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (question("The mayor"), "qas[1].answers[0]: is not in its paragraph"),
        (question(" "), "qas[1].answers[0]: is not in its paragraph"),
        (question(""), "qas[1].answers[0].text: "),
        (question(start=-1), "qas[1].answers[0].answer_start: "),
        (question(start="22"), "qas[1].answers[0].answer_start: "),  # type: ignore[arg-type]
        (question(start=1.0), "qas[1].answers[0].answer_start: "),  # type: ignore[arg-type]
        (question(is_impossible=True), "qas[1]: has answers, while is_impossible is true"),
        (question(answers=[], is_impossible=False), "qas[1]: has no answers, while"),
        (question(is_impossible="yes"), "qas[1].is_impossible: "),
        (question(question=" "), "qas[1].question: "),
        (question(id=5), "qas[1].id: "),
        (question(answers={"text": ["a"], "answer_start": [1]}), "qas[1].answers: "),
        ({"id": "q", "question": "who?"}, "qas[1].answers: Field required"),
        (question(id="first"), "qas[1]: the id 'first' stands already at "),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, asked: object, told: str) -> None:
    file = written(tmp_path, question(id="first"), asked)
    with pytest.raises(DatasetInvalid) as caught:
        read(file)
    message = str(caught.value).replace(": paragraphs", ".paragraphs")
    assert message.startswith(f"{file}: data[0].paragraphs[0].") and told in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{}", "not in the form of SQuAD"),
        ("[]", "not in the form of SQuAD"),
        ('{"data": {}}', "data: is not a list"),
        ('{"data": []}', "holds no questions"),
        ('{"data": [1]}', r"data\[0\]: "),
        ('{"data": [{"title": "t"}]}', r"data\[0\]: paragraphs: Field required"),
        ('{"data": [NaN]}', "NaN"),
    ],
)
def test_what_is_not_in_the_form_is_refused(tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "squad.json"
    file.write_text(content)
    with pytest.raises(DatasetInvalid, match=told):
        read(file)


def test_a_folder_is_no_file() -> None:
    with pytest.raises(DatasetInvalid, match="can't be read"):
        read(SMALL)


def test_the_public_file_is_read(bench: Path) -> None:
    dataset = read(bench / "readers" / "new_wiki.json")
    assert len(dataset.cases) == 7938
    assert all(case.is_answerable and case.evidence and case.relevant for case in dataset.cases)
    articles = {one.id for one in dataset.corpus()}
    assert len(articles) == 1581
    assert {id for case in dataset.cases for id in case.relevant} <= articles
