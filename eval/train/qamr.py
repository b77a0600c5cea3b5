"""QAMR (Michael et al. 2018): questions on the parts of single sentences, as training groups."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

from eval.train.examples import Group, Text

_BRACKETS = {
    "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}",
    "``": '"', "''": '"',
}  # fmt: skip
_CLOSES = re.compile(r"^(?:[.,;:?!%)\]}]|n't|'(?:s|re|ve|ll|d|m)?)$")


def groups(folder: Path) -> list[Group]:
    """One group a question on which both validators gave an answer; `folder` holds the release.

    An answer whose words do not stand together counts as none.
    """
    sentences = {}
    for line in (folder / "qamr-wiki-sentences.tsv").read_text(encoding="utf-8").splitlines():
        id, _, text = line.partition("\t")
        sentences[id] = _joined(text.split(" "))
    found: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
    for part in ("dev", "test"):
        path = folder / f"qamr-filtered-{part}.tsv"
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                id, question, tokens = row[0], row[5], row[6]
                checks = [check.rpartition(":")[2] for check in row[7:9]]
                if not all(re.fullmatch(r"[\d ]+", check) for check in checks):
                    continue
                text, ends = sentences[id]
                spans = {_span(one, ends) for one in (tokens, *checks)} - {None}
                found[id, question] |= spans  # type: ignore[arg-type]
    return [
        Group(question.strip(), (Text("", sentences[id][0], tuple(sorted(spans))),))
        for (id, question), spans in found.items()
        if spans
    ]


def _span(tokens: str, ends: list[tuple[int, int]]) -> tuple[int, int] | None:
    places = [int(one) for one in tokens.split()]
    if not places or places != list(range(places[0], places[-1] + 1)) or places[-1] >= len(ends):
        return None
    return ends[places[0]][0], ends[places[-1]][1]


def _joined(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """A sentence of Penn Treebank tokens as people write it, and where each token stands."""
    text, ends, glued, quotes = "", [], True, 0
    for token in tokens:
        plain = _BRACKETS.get(token, token)
        closes = bool(_CLOSES.match(plain))
        if plain == '"':
            closes = quotes % 2 == 1
            quotes += 1
        if not glued and not closes:
            text += " "
        ends.append((len(text), len(text) + len(plain)))
        text += plain
        glued = plain in "([{$" or (plain == '"' and not closes)
    return text, ends
