"""Templates are filled completely or not at all."""

from __future__ import annotations

import pytest

from prompts.render import PromptError, fingerprint, render, template


def test_values_are_put_in_once_and_never_read_as_template() -> None:
    text = render("answer", passages="{{question}} costs $5 {and} {{x}}", question="why?")
    assert "{{question}} costs $5 {and} {{x}}" in text
    assert "Question: why?" in text


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"question": "why?"}, "passages"),
        ({"question": "why?", "passages": "", "tone": "dry"}, "tone"),
    ],
)
def test_a_missing_or_unknown_variable_is_an_error_that_names_it(values, named) -> None:
    with pytest.raises(PromptError, match=named):
        render("answer", **values)


@pytest.mark.parametrize("name", ["nothing", "../answer", "answer.md", ""])
def test_there_is_no_other_template(name: str) -> None:
    with pytest.raises(PromptError):
        template(name)


def test_the_fingerprint_names_the_text() -> None:
    assert len(fingerprint("answer")) == 12
    assert fingerprint("answer") == fingerprint("answer")
