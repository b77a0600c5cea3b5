"""The report: a person sees why a case is wrong, and nothing of an article does anything."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import subprocess
import sys
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from eval.records import (
    Case,
    CitedQuote,
    Evidence,
    Measure,
    Outcome,
    Point,
    Prediction,
    RankedPassage,
    ScoredCase,
    Scores,
    Verdict,
)
from eval.report import write_report
from eval.report_cases import findings
from eval.report_measures import described, figure, headline, in_order
from eval.report_plots import plots
from eval.report_text import answer_pattern, line_of, markdown, marked, visible

MANIFEST = {
    "dataset": "gold",
    "dataset_fingerprint": "0123456789abcdef",
    "system": "ours",
    "settings": {"engine": "reader", "top_k": "8"},
    "started": "2026-03-01T10:00:00+00:00",
    "finished": "2026-03-01T10:01:05+00:00",
    "version": "0.1.0",
    "machine": {"cpu": "two cores", "memory_gib": 8},
    "jobs": 1,
    "cases": 5,
    "weather": "fair",
}
QUOTE = "The ferry Northern Star left Harwick with 212 people on board."
OTHER = "The ferry Southern Cross was laid up in March."
HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "</style></title></textarea><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %} &lt; &#0;",
    "a|b `c` [d](https://evil.example/x) ![e](//evil.example) **f** www.evil.example\n# g",
    "nul \x00, escape \x1b[31m, bell \x07, C1 \x9b",
    "turned \u202e round, zero\u200bwidth, half \ud800 a character, \ufffe",
    "",
    "long " * 20_000,
)


def case(id: str = "ferry", **changes) -> Case:
    return Case(
        **{
            "id": id,
            "question": "how many people were on board the ferry?",
            "answers": ("212", "two hundred and twelve"),
            "is_answerable": True,
            "as_of": date(2026, 2, 14),
            "evidence": ((Evidence("art_ferry", QUOTE),),),
            "relevant": {"art_ferry": 1},
            "tags": ("how_many",),
            **changes,
        }
    )


def prediction(**changes) -> Prediction:
    return Prediction(
        **{
            "status": "answered",
            "text": f"{OTHER} [1]",
            "short_answer": "March",
            "confidence": 0.8,
            "citations": (
                CitedQuote(
                    number=1,
                    article_id="art_other",
                    quote=OTHER,
                    verification="verbatim",
                    support=0.97,
                ),
            ),
            "passages": (
                RankedPassage(article_id="art_other", text=OTHER, score=2.5, title="Laid up"),
                RankedPassage(article_id="art_ferry", text=QUOTE, score=1.5, title="Departed"),
            ),
            "engine": "reader",
            **changes,
        }
    )


def scored(
    values: dict[str, float] | None = None,
    of: Case | None = None,
    given: Prediction | None = None,
    **changes,
) -> ScoredCase:
    of = of or case()
    outcome = Outcome(
        **{
            "case_id": of.id,
            "prediction": given or prediction(),
            "milliseconds": 81.5,
            **changes,
        }
    )
    wrong = {"right": 0.0, "em": 0.0, "f1": 0.0, "answer_mrr": 0.5, "answered": 1.0}
    return ScoredCase(of, outcome, wrong if values is None else values)


ABSTAINED = Prediction(status="abstained", abstain_reason="LOW_SUPPORT", confidence=0.0)
RIGHT = scored({"right": 1.0, "f1": 1.0, "evidence_recall": 1.0}, case("right-one"))


def failure(error: str = "connection refused", **changes) -> tuple[Case, Outcome]:
    of = case(**{"id": "broken", **changes})
    return of, Outcome(case_id=of.id, error=error, milliseconds=3.0)


def measure(value: float, low: float, high: float, cases: int = 40) -> Measure:
    return Measure(value=value, low=low, high=high, cases=cases)


def scores_of(cases=(), failed=(), **changes) -> Scores:
    return Scores(
        **{
            "cases": len(cases) + len(failed),
            "failed": len(failed),
            "measures": {
                "latency_p95_ms": measure(203.4, 160, 260),
                "right": measure(0.75, 0.61, 0.88),
                "em": measure(0.5, 0.35, 0.65),
                "abstention_f1": measure(0.66, 0.5, 0.8),
                "recall@10": measure(0.9, 0.8, 0.97),
                "recall@1": measure(0.4, 0.3, 0.5),
                "made_up": measure(0.123, 0.1, 0.2),
            },
            "by_tag": {
                "how_many": {"right": measure(0.3, 0.1, 0.5, 9), "f1": measure(0.2, 0.1, 0.3, 9)},
                "who": {"right": measure(0.8, 0.6, 0.9, 12)},
            },
            **changes,
        }
    )


CURVES = {
    "recall_curve": tuple(Point(x=k, y=1 - 0.6 / k) for k in (1, 3, 5, 10)),
    "risk_coverage": tuple(Point(x=n / 40, y=0.5 * (n / 40) ** 2) for n in range(1, 41)),
    "latencies_ms": (81.5, 95.0, 110.0, 12_000.0),
}  #: drawing takes time, so only some tests do it


def reports(folder: Path, cases=(), failed=(), scores=None, manifest=MANIFEST) -> tuple[str, str]:
    scores = scores or scores_of(cases, failed)
    html, summary = write_report(folder, manifest, scores, list(cases), list(failed))
    assert (html.name, summary.name) == ("report.html", "report.md")
    assert sorted(one.name for one in folder.iterdir()) == ["report.html", "report.md"]
    return html.read_bytes().decode("utf-8"), summary.read_bytes().decode("utf-8")


class Page(HTMLParser):
    """What a browser would make of the page, and whether every element is closed in its place."""

    VOID = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open and self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if "style" not in self._open[-1:]:
            self.text.append(data)

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


def is_inert(html: str) -> None:
    """Nothing in the page runs, loads, sends or leads out of it."""
    page = Page(html)
    allowed = set(
        """html head meta title style body a header p h1 h2 h3 h4 h5 strong span nav ul ol li main
        section div table caption thead tbody tr th td code small svg g path defs use text rect
        clippath circle figure figcaption article blockquote footer details summary dl dt dd mark
        b bdi time pre""".split()
    )
    ids = page.ids()
    assert len(ids) == len(set(ids)), "an id stands twice"
    for tag, attributes in page.elements:
        assert tag in allowed, tag
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in ("style", "src", "srcdoc"), name
            if name == "href":
                assert value[:1] == "#" and value[1:] in ids, value
            elif name != "content" and value and "url(" in value:
                assert re.fullmatch(r"url\(#[\w-]+\)", value), value
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)


def article(html: str, number: int) -> str:
    """The card of a case."""
    found = re.search(rf'<article class="case" id="case-{number}".*?</article>', html, re.S)
    assert found, f"there is no card of case {number}"
    return found[0]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_page_needs_and_does_nothing_and_its_policy_says_so(tmp_path):
    cases = [RIGHT, scored(), scored({"right": 0.0}, case("silent"), ABSTAINED)]
    failed = [failure()]
    html, _ = reports(tmp_path, cases, failed, scores_of(cases, failed, **CURVES))
    is_inert(html)
    assert html.count("<figure>") == 3
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    css = re.search(r"<style>(.*?)</style>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert unescape(policy).split("; ") == [
        "default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'",
        "form-action 'none'",
    ]  # fmt: skip
    assert "prefers-color-scheme: dark" in css and "@import" not in css and "url(" not in css
    assert html.startswith("<!doctype html>")


def test_a_wrong_case_shows_gold_and_given_side_by_side_and_why(tmp_path):
    verdict = Verdict(is_correct=False, is_faithful=True)
    html, summary = reports(tmp_path, [RIGHT, scored(verdict=verdict)])
    card = article(html, 2)
    expected, given = re.findall(r'<section class="side.*?</section>', card, re.S)
    assert "212" in words(expected) and QUOTE in words(expected) and "art_ferry" in expected
    assert "212 people" not in words(given)
    for told in ("answered", "March", OTHER, "verbatim 0.97", "no gold sentence", "confidence 0.80",
                 "art_other", "82 ms", "Judge incorrect faithful"):  # fmt: skip
        assert told in words(given), told
    why = words(re.search(r'<p class="why">.*?</p>', card, re.S)[0])
    assert why == (
        "Why: No acceptable answer stands in the short answer. "
        "An acceptable answer stood in passage 2: found, not taken. "
        "Right 0.000, Exact match (EM) 0.000, Token F1 0.000"
    )
    assert "asked as of 2026-02-14" in words(card) and "how_many" in card
    # The answer is marked where it occurs: in the gold sentence and in the passage.
    assert card.count("<mark>212</mark>") == 2
    assert "relevant article" in card
    assert 'id="case-1"' not in html  # the right one
    assert "how many people were on board" in summary and "given: March" in summary


def test_a_later_turn_shows_the_turns_before_and_the_question_in_full(tmp_path):
    first = scored({"right": 1.0}, case("t1", conversation="sea", question="which ferry left?"))
    later = case("t2", conversation="sea", turn=2, question="with how many?", standalone="ferry?")
    html, _ = reports(
        tmp_path, [first, scored(of=later, given=prediction(standalone_question="with whom?"))]
    )
    card = words(article(html, 2))
    assert "turn 2 of the conversation sea" in card
    assert "which ferry left? given: → March" in card
    assert "The question in full ferry?" in card and "Understood as with whom?" in card


UNANSWERABLE = case("near", is_answerable=False, answers=(), evidence=(), relevant={})


@pytest.mark.parametrize(
    ("one", "kind", "reason"),
    [
        (scored({"right": 0.0}, UNANSWERABLE), "unfounded", "do not answer this"),
        (scored({"right": 0.0, "answer_mrr": 0.0}), "wrong", "the search missed it"),
        (scored({"right": 0.0, "answer_mrr": 1 / 3}), "wrong", "stood in passage 3"),
        (scored({"right": 0.0}, given=prediction(text=QUOTE)), "wrong", "stands in its text"),
        (scored({"right": 0.0, "answer_recall@5": 0.0, "answer_recall@20": 1.0,
                 "answer_mrr": 0.0}), "wrong", "in the first 20"),
        (scored({"right": 0.0}, given=prediction(passages=())), "wrong", "without passages"),
        (scored({"right": 0.0}, given=prediction(short_answer=None)), "wrong", "in the answer."),
        (scored({"right": 0.0}, given=ABSTAINED), "silent", "It abstained (LOW_SUPPORT),"),
        (scored({"decided_rightly": 0.0}, given=ABSTAINED), "silent", "It abstained"),
        (scored({"hits@1": 0.0, "hits@10": 0.0}, given=Prediction()), "unfound", "first 10"),
        (scored({"answer_recall@3": 0.0}, given=Prediction()), "unfound", "an acceptable answer"),
        (scored({"right": 1.0, "quote_exactness": 0.5}), "unproved", "does not stand"),
        (scored({"right": 1.0, "evidence_recall": 0.0}), "unproved", "No gold sentence is cited."),
        (scored({"right": 1.0, "evidence_recall": 0.5}), "unproved", "Only 50% of the facts"),
        (scored({"right": 1.0, "citation_recall": 0.5}), "unproved", "not supported"),
        (scored({"right": 1.0, "judged_faithful": 0.0}), "unproved", "not borne out"),
    ],
)  # fmt: skip
def test_why_a_case_fails(one, kind, reason):
    (found,) = findings([one])
    assert found.kind == kind and reason in " ".join(found.reasons)


@pytest.mark.parametrize(
    "values",
    [{}, {"right": 1.0}, {"hits@1": 0.0, "hits@10": 1.0}, {"right": 1.0, "f1": 0.3, "hits@1": 0.0}],
)
def test_what_does_not_fail(values):
    assert findings([scored(values)]) == []


def test_the_surest_errors_come_first():
    sure, unsure = prediction(confidence=0.9), prediction(confidence=0.2)
    untold, none = prediction(confidence=None), prediction(confidence=0.0)
    weak = scored({"right": 1.0, "evidence_recall": 0.0}, given=sure)
    of = [weak, *(scored(given=given) for given in (untold, unsure, none, sure))]
    assert [one.place for one in findings(of)] == [4, 2, 1, 3, 0]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_text_holds_it_is_shown_and_does_nothing(tmp_path, text):
    of = case(
        id=text, question=text, answers=(text, "x"), tags=(text,), conversation=text,
        evidence=((Evidence(text, text),),), relevant={text: 2}, standalone=text, turn=2,
    )  # fmt: skip
    cited = CitedQuote(number=1, article_id=text, quote=text, verification=text, support=0.5)
    given = Prediction(
        status="answered", text=text, short_answer=text, citations=(cited,), engine=text,
        passages=(RankedPassage(article_id=text, text=text, title=text),),
        standalone_question=text, abstain_reason=text,
    )  # fmt: skip
    one = scored({"right": 0.0, text: 0.5}, of, given, verdict=Verdict(error=text))
    scores = scores_of(
        [one], [failure(text)], notes=(text,), by_tag={text: {"right": measure(0, 0, 0)}}
    )
    scores = scores.model_copy(update={"measures": {text: measure(0.5, 0.4, 0.6)}})
    manifest = {text: text, "settings": {text: [text, {text: None}]}, "system": text}
    html, summary = reports(tmp_path, [one], [failure(text)], scores, manifest)
    is_inert(html)
    article(html, 1)
    assert len(html) < 200_000
    assert visible(line_of(text, 20)).rstrip("…") in " ".join("".join(Page(html).text).split())
    rendered = MarkdownIt("commonmark").enable("table").render(summary)
    assert {tag for tag, _ in Page(rendered).elements} <= set(
        "h1 h2 h3 p ul li strong code br table thead tbody tr th td".split()
    )
    for row in re.findall(r"<tr>.*?</tr>", rendered, re.S):
        assert len(re.findall("<t[hd]", row)) in (2, 3, 4)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", summary)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain, and with (brackets) - and 2.5%", "plain, and with (brackets) - and 2.5%"),
        ("a|b", "a\\|b"),
        ("`x` *y* _z_ ~w~", "\\`x\\` \\*y\\* \\_z\\_ \\~w\\~"),
        ("[t](u)", "\\[t\\](u)"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("two\nlines\r\n\tand more", "two lines and more"),
        ("# no head", "\\# no head"),
        ("- no item", "\\- no item"),
        ("1. no item", "1\\. no item"),
        ("https://evil.example", "https\\://evil.example"),
        ("www.evil.example", "www\\.evil.example"),
        ("C:\\dir", "C:\\\\dir"),
        ("\x00\u202e", "⟨U+0000⟩⟨U+202E⟩"),
    ],
)
def test_markdown_is_taken_as_it_is_written(text, shown):
    assert markdown(text) == shown


def test_texts_are_cut_where_they_are_long():
    assert line_of("a  b\nc", 10) == "a b c"
    assert line_of("abcdef", 3) == "abc…"
    assert markdown("word " * 1000, 20).endswith("…")
    assert visible("\tas\nit is ‘’ é 漢 👩‍👩‍👧") == "\tas\nit is ‘’ é 漢 👩‍👩‍👧"


@pytest.mark.parametrize(
    ("text", "answers", "shown"),
    [
        ("by Awlia al Dam.", ["awlia al-Dam"], "by <mark>Awlia al Dam</mark>."),
        ("in 2120 and 212.", ["212"], "in 2120 and <mark>212</mark>."),
        ("two and twenty-two", ["two", "twenty-two"],
         "<mark>two</mark> and <mark>twenty-two</mark>"),
        ("a <b> c", ["b"], "a &lt;<mark>b</mark>&gt; c"),
        ("none (of) it", ["(", ""], "none (of) it"),
        ("none at all", [], "none at all"),
    ],
)  # fmt: skip
def test_an_answer_is_marked_in_any_spelling_of_its_gaps(text, answers, shown):
    assert marked(text, answer_pattern(answers), 100) == shown


def test_the_part_that_holds_the_answer_is_shown():
    text = "filler " * 500 + "the answer is Harwick, it is said. " + "filler " * 500
    shown = marked(text, answer_pattern(["Harwick"]), 120)
    assert shown.startswith("… ") and "<mark>Harwick</mark>" in shown
    assert "more characters)" in shown and len(shown) < 220
    assert len(marked("x" * 10_000_000, answer_pattern(["y"]), 120)) < 200


def test_measures_have_names_intervals_and_an_order(tmp_path):
    html, summary = reports(tmp_path, [RIGHT])
    table = re.search(r'<table class="measures">.*?</table>', html, re.S)[0]
    told = words(table)
    assert "Right right 0.750 0.610 to 0.880 40" in told
    assert "Latency p95 latency_p95_ms 203 ms 160 ms to 260 ms 40" in told
    assert "Made up made_up 0.123" in told  # a measure that nobody described
    order = ["Exact match", "Abstention F1", "Recall@1 ", "Recall@10", "Latency", "Made up"]
    places = [told.index(name) for name in order]
    assert places == sorted(places)
    tiles = words(re.search(r'<ul class="tiles">.*?</ul>', html, re.S)[0])
    assert tiles.startswith("Right 0.750 0.610 to 0.880") and "Latency p95 203 ms" in tiles
    assert "| Right | 0.750 | 0.610 to 0.880 | 40 |" in summary
    assert "| Recall@10 | 0.900 |" in summary


def test_a_tag_that_is_worse_than_the_run_is_marked(tmp_path):
    html, summary = reports(tmp_path, [RIGHT])
    table = re.search(r'<table class="tags">.*?</table>', html, re.S)[0]
    rows = {row.split()[0]: row for row in map(words, re.findall(r"<tr>.*?</tr>", table, re.S))}
    assert "▼ 0.300 worse than the run; 95% interval 0.100 to 0.500" in rows["how_many"]
    assert "▼" not in rows["who"] and "does not apply" in rows["who"]
    assert 'title="95% interval 0.100 to 0.500, 9 cases"' in table
    assert "| how\\_many | 9 | 0.300 (0.100 to 0.500) | 0.200 (0.100 to 0.300) |" in summary


def test_what_was_run_is_told_with_keys_that_nobody_knows(tmp_path):
    html, summary = reports(tmp_path, [RIGHT])
    told = words(re.search(r'<dl class="run">.*?</dl>', html, re.S)[0])
    for part in (
        "System ours", "Settings: top_k 8", "Machine: memory_gib 8", "weather fair",
        "Took 1 min 5 s", "Dataset's fingerprint 0123456789abcdef",
    ):  # fmt: skip
        assert part in told, part
    assert "| weather | fair |" in summary
    assert "ours on gold" in words(re.search(r"<h1>.*?</h1>", html)[0])


@pytest.mark.parametrize("started", ["", "yesterday", "2026-03-01T10:00:00", None, 7])
def test_times_that_are_none_are_no_error(tmp_path, started):
    html, _ = reports(tmp_path, [RIGHT], manifest={**MANIFEST, "started": started})
    assert "Took" not in html


def test_errors_are_counted_and_each_is_shown_once(tmp_path):
    failed = [failure("no route", id=f"f{n}") for n in range(30)] + [failure("<timeout>", id="t")]
    html, summary = reports(tmp_path, [RIGHT], failed)
    section = re.search(r'<section id="failed".*?</section>', html, re.S)[0]
    assert section.count("<pre") == 2 and "and 20 more" in section
    assert words(section).index("30 cases no route") < words(section).index("1 case <timeout>")
    assert html.count(">failed to run</td>") == 31
    assert "32 cases asked. 31 of them failed to run" in summary
    assert summary.count("no route") == 20 and "and 11 more" in summary


def empty(**changes) -> Scores:
    return Scores(**{"cases": 0, "failed": 0, "measures": {}, "by_tag": {}, **changes})


@pytest.mark.parametrize(
    ("scores", "cases", "failed", "told"),
    [
        (empty(), [], [], ["No case was asked.", "nothing to draw", "No measure applies"]),
        (empty(cases=2, failed=2), [], [failure(), failure(id="other")],
         ["All of them failed to run", "None of those that ran."]),
        (empty(cases=1), [scored({})], [], ["1 case asked.", "not measured"]),
        (scores_of([RIGHT]), [RIGHT], [], ["Nothing was wrong in the 1 that ran.", "None."]),
        (empty(cases=1, measures={"right": measure(math.nan, math.nan, math.inf)}), [RIGHT], [],
         ["not a number"]),
    ],
)  # fmt: skip
def test_little_or_nothing_to_tell(tmp_path, scores, cases, failed, told):
    html, summary = reports(tmp_path, cases, failed, scores, {})
    is_inert(html)
    for part in told:
        assert part in words(html), part
    assert "nan" not in html and summary.startswith("# Evaluation: unnamed system")


def test_a_system_that_only_searches(tmp_path):
    passages = (RankedPassage(article_id="art_other", text=OTHER, score=1.0),)
    missed = scored(
        {"hits@1": 0.0, "recall@1": 0.0, "mrr": 0.0}, case(answers=(), is_answerable=None),
        Prediction(passages=passages),
    )  # fmt: skip
    found = scored({"hits@1": 1.0, "recall@1": 1.0, "mrr": 1.0}, case("found"), Prediction())
    measures = {"recall@1": measure(0.5, 0.2, 0.8), "mrr": measure(0.6, 0.2, 0.8)}
    html, _ = reports(tmp_path, [missed, found], (), empty(cases=2, measures=measures))
    card = words(article(html, 1))
    assert "No answer: this system only searches." in card and OTHER in card
    assert "<details open>" in article(html, 1)
    tiles = words(re.search(r'<ul class="tiles">.*?</ul>', html, re.S)[0])
    assert tiles.startswith("Recall@1 0.500") and "MRR 0.600" in tiles
    assert '<td class="good">found</td>' in html


def test_the_judge_is_held_against_the_measures(tmp_path):
    def judged(n: int, right: float, correct: bool | None) -> ScoredCase:
        values = {"right": right, "judged_correct": 1.0}
        return scored(values, case(f"c{n}"), verdict=Verdict(is_correct=correct))

    of = [judged(n, 1.0, True) for n in range(6)] + [judged(7, 0.0, True), judged(8, 1.0, None)]
    html, _ = reports(tmp_path, [*of, judged(9, 0.0, False)])
    section = words(re.search(r'<section id="judge".*?</section>', html, re.S)[0])
    assert "judged correct; right 0.875" in section
    assert 'id="judge"' not in reports(tmp_path, [RIGHT])[0]


def test_thousands_of_long_cases_make_a_page_that_still_opens(tmp_path):
    text = "<&\"'> \u202e and the ferry with 212 people. " * 200
    passages = tuple(RankedPassage(article_id=f"a{n}", text=text, title=text) for n in range(20))
    cited = tuple(CitedQuote(number=n, article_id=f"a{n}", quote=text) for n in range(20))
    given = prediction(text=text, short_answer=text, passages=passages, citations=cited)
    cases = [
        scored(None if n % 2 else {"right": 0.0}, case(f"c{n}", question=text),
               given if n % 2 else ABSTAINED)
        for n in range(2000)
    ]  # fmt: skip
    html, summary = reports(tmp_path, cases, [failure(f"error {n}") for n in range(100)])
    assert len(html.encode()) < 10_000_000
    for kind in ("wrong", "silent"):  # each kind has its share
        section = re.search(rf'<section id="kind-{kind}".*', html, re.S)[0].split("</h3>")[1]
        assert section.count('<article class="case"') > 30
        assert re.search(r"[\d,]+ more are left out here", section)
    assert "50 more kinds of error are left out" in html
    assert len(summary) < 50_000


def test_the_same_run_gives_the_same_bytes(tmp_path):
    cases, failed = [RIGHT, scored()], [failure()]
    scores = scores_of(cases, failed, **CURVES)
    once = reports(tmp_path, cases, failed, scores)
    assert reports(tmp_path, cases, failed, scores) == once


def test_plots_say_in_words_what_they_show():
    curve, risk, latency = plots(empty(**CURVES))
    assert "0.400 at 1" in curve.caption and 'aria-label="Recall over k. ' in curve.svg
    assert "recall: share found" in curve.svg and ">0.40<" in curve.svg
    area = sum(0.5 * (n / 40) ** 2 for n in range(1, 41)) / 40
    assert f"area {area:.3f}" in risk.svg
    assert "milliseconds for an answer (log scale)" in latency.svg
    assert "4 answers" in latency.caption and "from 82 ms to 12.0 s" in latency.caption
    for one in (curve, risk, latency):
        assert "style=" not in one.svg and "http" not in one.svg
        colours = set(re.findall(r'(?:fill|stroke)="(#\w+)"', one.svg))
        assert colours <= {"#5c6670", "#d7dce1", "#1f6f8b"}  # all that the style sheet replaces


@pytest.mark.parametrize(
    "latencies", [(5.0,), (0.0, 0.0), (0.0, 1e9), (3.0, math.nan), (7.0,) * 500, (1e-9, 5e-9)]
)
def test_any_latencies_can_be_drawn(latencies):
    (drawn,) = plots(empty(latencies_ms=latencies))
    assert "p95" in drawn.svg


def test_curves_of_a_point_or_of_thousands_can_be_drawn():
    one = empty(recall_curve=(Point(x=1, y=1),), risk_coverage=(Point(x=1, y=0),))
    assert len(plots(one)) == 2
    many = tuple(Point(x=n / 5000, y=0.9) for n in range(1, 5001))
    (drawn,) = plots(empty(risk_coverage=many))
    assert len(drawn.svg) < 60_000
    odd = empty(recall_curve=(Point(x=0, y=1), Point(x=math.nan, y=1)), latencies_ms=(math.inf,))
    assert plots(odd) == []


def test_measures_in_words():
    assert described("answer_recall@20").label == "Answer recall@20"
    assert described("latency_p99_ms").label == "Latency p99"
    assert described("unheard_of").label == "Unheard of" and described("").label == ""
    assert in_order(["x", "recall@10", "recall@5", "em", "right"]) == [
        "right", "em", "recall@5", "recall@10", "x",
    ]  # fmt: skip
    assert headline({}) == []
    assert figure("latency_p50_ms", 12_345) == "12.3 s" and figure("right", math.nan) != "nan"
    assert figure("prompt_tokens", 1234.5) == "1,234"


def test_what_is_missing_is_named_with_the_extra_that_brings_it(tmp_path):
    program = """
import sys
sys.modules["matplotlib"] = None  # as if it were not installed
from pathlib import Path
from eval.errors import EvalError
from eval.records import Scores
from eval.report import write_report
try:
    scores = Scores(cases=0, failed=0, measures={}, by_tag={})
    write_report(Path(sys.argv[1]), {}, scores, [], [])
except EvalError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "matplotlib" in done.stdout and "dateline[eval]" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_importing_the_report_loads_neither_library():
    program = """
import sys, json
import eval.report, eval.report_html, eval.report_markdown, eval.report_plots
print(json.dumps([name for name in ("jinja2", "matplotlib", "scipy") if name in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert json.loads(done.stdout) == [], done.stderr
