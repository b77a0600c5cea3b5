"""QAMR's files as training groups."""

from pathlib import Path

from eval.train.qamr import groups

SENTENCES = (
    "s1\tIt cost $ 5 -LRB- in `` Olen '' -RRB- , did n't it ?\n"
    "s2\tAna Lind 's boat sank .\n"
)  # fmt: skip


def _folder(tmp_path: Path, *rows: str) -> Path:
    (tmp_path / "qamr-wiki-sentences.tsv").write_text(SENTENCES, encoding="utf-8")
    (tmp_path / "qamr-filtered-dev.tsv").write_text("".join(rows), encoding="utf-8")
    (tmp_path / "qamr-filtered-test.tsv").write_text("", encoding="utf-8")
    return tmp_path


def _row(sentence: str, question: str, answer: str, first: str, second: str) -> str:
    return f"{sentence}\t0\t7\t0\t3\t{question}\t{answer}\t9:{first}\t8:{second}\n"


def test_tokens_become_a_sentence_and_answers_stand_in_it(tmp_path):
    found = groups(_folder(tmp_path, _row("s1", "Where?", "7", "7", "6 7 8")))
    text = found[0].texts[0]
    assert text.text == 'It cost $5 (in "Olen"), didn\'t it?'
    assert {text.text[a:b] for a, b in text.spans} == {"Olen", '"Olen"'}


def test_questions_that_a_validator_refused_or_whose_words_stand_apart_are_left_out(tmp_path):
    folder = _folder(
        tmp_path,
        _row("s2", "Who?", "0 1", "Invalid", "0 1"),
        _row("s2", "What?", "0 3", "0 3", "0 3"),
        _row("s2", "Whose boat?", "0 1", "0 1", "0 1 2"),
    )
    assert [one.question for one in groups(folder)] == ["Whose boat?"]
    assert groups(folder)[0].texts[0].spans == ((0, 8), (0, 10))
