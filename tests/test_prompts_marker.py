"""The line that fences data off in a prompt."""

from __future__ import annotations

import re

from prompts.marker import marker_for


def test_the_marker_is_the_same_each_time_and_another_for_other_texts() -> None:
    first = marker_for("a", "b")
    assert re.fullmatch("=== [0-9a-f]{24} ===", first)
    assert first == marker_for("a", "b")
    assert len({first, marker_for("ab", ""), marker_for("a", "b", ""), marker_for()}) == 4


def test_the_marker_occurs_in_no_text() -> None:
    known = f"an answer that holds {marker_for('a', 'b')}"
    assert marker_for("a", known) not in known
    assert marker_for("\ud800")
