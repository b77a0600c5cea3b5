from __future__ import annotations

import gzip
import io
import json
import os
import socket
import tracemalloc
from dataclasses import replace
from hashlib import sha512
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean import clean
from index.config import IndexConfig
from index.decode import NotText, decode
from index.load import load, total_bytes
from index.load_html import fragment_text
from index.load_json import read_row
from index.records import Article, Found, Rejected
from index.report import IndexReport

CONFIG = IndexConfig()
ONE = "The harbour of Norwick reopened on Monday after a storm had closed it for nine days."
TWO = "Two ferries left before noon, the harbour master Ada Moor said, and a third was expected."


def loaded(*paths: Path | str, config: IndexConfig = CONFIG, **more: object) -> list:
    return list(load(paths, config, **more))  # type: ignore[arg-type]


def only(*paths: Path | str, config: IndexConfig = CONFIG, **more: object) -> Found:
    (found,) = loaded(*paths, config=config, **more)
    assert isinstance(found, Found), found
    return found


def refused(*paths: Path | str, config: IndexConfig = CONFIG, **more: object) -> str:
    (found,) = loaded(*paths, config=config, **more)
    assert isinstance(found, Rejected), found
    return found.reason


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- plain text and Markdown


def test_a_title_without_a_mark(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", f"Norwick harbour reopens\n\n\n[ad_1]\n\n{ONE}\n[ad_2]"))
    assert (found.title, found.key) == ("Norwick harbour reopens", f"{tmp_path.name}/a.txt")
    article = clean(found)
    assert isinstance(article, Article) and article.text == ONE


def test_a_title_right_above_long_lines(tmp_path: Path) -> None:
    place = f"NORWICK, Northland — {ONE}"
    article = clean(only(write(tmp_path / "a.txt", f"Harbour reopens\n{place}\n{TWO}\n{TWO}")))
    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Harbour reopens", f"{place}\n\n{TWO}")


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n\n{TWO}",
        "NORWICK, Northland — The harbour is open\n\nIt opened on Monday.",
        "Just one line that is short",
        "The harbour of Norwick reopened on Monday after a storm that\nhad closed it for days.",
        "The harbour of Norwick reopened on Monday after a long storm, as\nOttar Lund said in the"
        " town hall, for the first time since the\nwar; ferries left, and others are to come.",
    ],
)
def test_what_is_no_title(tmp_path: Path, text: str) -> None:
    assert only(write(tmp_path / "a.txt", text)).title is None


def test_header_lines(tmp_path: Path) -> None:
    head = "Title: Harbour reopens\nDate: 24 February 2021\nAuthors: Ada Moor and Jo Lund\n"
    head += "Source: Example News\nURL: https://x.example/a\nSection: Home"
    found = only(write(tmp_path / "a.txt", f"{head}\n\n{ONE}"))
    assert (found.title, found.published, found.source) == (
        "Harbour reopens", "24 February 2021", "Example News",
    )  # fmt: skip
    assert (found.authors, found.url) == (("Ada Moor", "Jo Lund"), "https://x.example/a")
    assert found.text.strip() == ONE


def test_a_first_paragraph_with_a_colon_is_no_header(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", f"Weather: it rained.\n\n{ONE}"))
    assert "Weather: it rained." in found.text


def test_byline_and_date_below_the_title(tmp_path: Path) -> None:
    text = f"Harbour reopens\nBy Ada Moor\nPublished: Feb. 24, 2021\n\n{ONE}\n\nBy Jo Lund"
    found = only(write(tmp_path / "a.txt", text))
    assert (found.authors, found.published) == (("Ada Moor",), "Published: Feb. 24, 2021")
    assert found.text.strip() == f"{ONE}\n\nBy Jo Lund"


def test_markdown(tmp_path: Path) -> None:
    body = f"[{ONE}](https://x.example/y) ![pic](z.png)\n\n## After the *storm*\n\n**{TWO}**"
    body += "\n\n> a\\*b"
    front = '---\ntitle: "Harbour reopens"\ndate: 2021-02-24\nauthors:\n  - Ada Moor\n'
    front += "  - Jo Lund\n---\n"
    found = only(write(tmp_path / "a.md", front + body))
    assert (found.title, found.published) == ("Harbour reopens", "2021-02-24")
    assert found.authors == ("Ada Moor", "Jo Lund")
    article = clean(found)
    assert isinstance(article, Article)
    assert article.text == f"{ONE}\n\nAfter the storm\n\n{TWO}\n\na*b"
    assert (
        only(write(tmp_path / "b.md", f"# Harbour *reopens*\n\n{ONE}")).title == "Harbour reopens"
    )
    assert only(write(tmp_path / "c.md", f"Harbour\n=======\n\n{ONE}")).title == "Harbour"


# --- encodings


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Łódź — caffè"),
        ("utf-16", "Łódź — caffè"),
        ("utf-16-le", "The harbour is open, “at last”."),
        ("utf-32", "Łódź — caffè"),
        ("cp1252", "He said the naïve plan wouldn’t work: “unacceptable”, the café owner said. "),
        ("cp1252", "Le président a déclaré mardi que l’été était « déjà là » à la frontière. "),
        ("cp1252", "Hamnen är öppen igen på måndag efter stormen, sade hamnmästaren i går. "),
        (
            "cp1250",
            "Přístav je po bouři znovu otevřen, řekl v úterý náčelník; čtyři lodě odpluly. ",
        ),
        ("cp1250", "A kikötő a vihar után újra megnyílt, mondta kedden, két hajó elindult. "),
        ("cp1251", "Порт снова открыт после бури, сообщил во вторник начальник гавани. "),
        ("koi8_r", "Порт снова открыт после бури, сообщил во вторник начальник гавани. "),
        ("gb18030", "港口在暴风雨之后重新开放，港务长周二表示，两艘渡轮已经离港。"),
        ("shift_jis", "港は嵐の後に再開した。港長は火曜日に会見を開き、説明した。"),
        ("cp1250", "Żądał wyjaśnień po ataku, dodał rzecznik, późną nocą świadkowie mówili. "),
    ],
)
def test_encodings(encoding: str, text: str) -> None:
    assert decode((text * 4).encode(encoding)) == text * 4


def test_a_damaged_byte_does_not_turn_utf8_into_something_else() -> None:
    text = "Le président a déclaré mardi que l’été était « déjà là »."
    assert decode(text.encode() * 3 + b"\xc3") == text * 3 + "\ufffd"


@pytest.mark.parametrize(
    "raw",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, bytes(range(256)) * 4, b"\x01\x02\x03a" * 50],
)
def test_binary_is_no_text(raw: bytes) -> None:
    with pytest.raises(NotText, match="binary"):
        decode(raw)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_decode_gives_text_or_its_own_error(raw: bytes) -> None:
    try:
        decode(raw).encode("utf-8")
    except NotText as reason:
        assert str(reason)


# --- JSON


def test_json_aliases(tmp_path: Path) -> None:
    row = {
        "link": "https://x.example/a",
        "Headline": "Harbour &amp; pier reopen",
        "articleBody": f"<p>{ONE}</p><script>x()</script><p>{TWO}</p>",
        "publisher": {"name": "Example News"},
        "author": [{"name": "Ada Moor"}, "Jo Lund"],
        "pubDate": 1614155400,
        "dateModified": "2021-02-25",
    }
    found = only(write(tmp_path / "a.json", json.dumps(row)))
    assert found == Found(
        origin=str(tmp_path / "a.json"),
        key=f"{tmp_path.name}/a.json",
        text=f"{ONE}\n\n{TWO}",
        url="https://x.example/a",
        title="Harbour & pier reopen",
        source="Example News",
        authors=("Ada Moor", "Jo Lund"),
        published="1614155400",
        updated="2021-02-25",
    )


@pytest.mark.parametrize("shape", [lambda r: r, lambda r: {"status": "ok", "articles": r}])
def test_json_lists(tmp_path: Path, shape: object) -> None:
    rows = [{"text": ONE, "id": 7}, {"title": "no text"}, "x", {"body": [ONE, TWO]}]
    one, bad, worse, two = loaded(write(tmp_path / "a.json", json.dumps(shape(rows))))  # type: ignore[operator]
    assert (one.id, two.key, two.text) == ("7", f"{tmp_path.name}/a.json:4", f"{ONE}\n\n{TWO}")
    assert bad.origin.endswith("a.json:2") and "no text" in bad.reason
    assert "not a JSON object" in worse.reason


@pytest.mark.parametrize(
    "row",
    [
        {"text": {"a": 1}},
        {"text": 5},
        {"text": ONE, "title": ["a"]},
        {"text": ONE, "url": 5},
        {"text": ONE, "id": True},
        {"text": ONE, "authors": [[1]]},
        {"text": ONE, "published": {"y": 2021}},
    ],
)
def test_a_wrong_type_names_its_field(row: dict) -> None:
    rejected = read_row(row, "k", "o")
    assert isinstance(rejected, Rejected) and f'"{list(row)[-1]}"' in rejected.reason


def test_json_lines_go_on_after_a_bad_one(tmp_path: Path) -> None:
    lines = [
        json.dumps({"text": ONE, "id": "a"}).encode(),
        b'{"text": "secret',
        b"",
        b"\xff\xfe\xfd\x00",
        b"[" * 100_000,
        b'{"text": "' + b"x" * 600_000 + b'"}',
        b'{"text": "half \\ud800 \\u0000 a", "published": NaN, "id": -Infinity}',
        b'{"id": ' + b"9" * 6000 + b"}",
        json.dumps({"text": TWO}).encode(),
    ]
    path = write(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + b"\r\n".join(lines))
    found = loaded(path, config=replace(CONFIG, max_article_bytes=500_000))
    kinds = {int(f.origin.rsplit(":", 1)[1]): isinstance(f, Found) for f in found}
    good = {1: True, 2: False, 4: False, 5: False, 6: False, 7: True, 8: False, 9: True}
    assert kinds == good
    assert "secret" not in "".join(f.reason for f in found if isinstance(f, Rejected))
    assert "larger than 500000" in found[4].reason
    odd = clean(found[5])
    assert isinstance(odd, Article) and odd.text == "half \ufffd a" and odd.published is None
    assert found[-1].key == f"{tmp_path.name}/a.jsonl:9"


def test_lines_without_any_article_are_given_up(tmp_path: Path) -> None:
    reason = refused(write(tmp_path / "a.jsonl", b"1\n" * 1_000_000))
    assert "no article in its first 1,000 lines: is it JSON lines of articles?" in reason
    assert "line 1: is not a JSON object" in reason
    good = json.dumps({"text": ONE}).encode() + b"\n"
    late = loaded(write(tmp_path / "b.jsonl", b"1\n" * 999 + good + b"1\n" * 2000))
    assert [type(one) for one in late] == [Rejected] * 999 + [Found] + [Rejected] * 2000
    assert (late[0].origin, late[-1].origin) == (
        f"{tmp_path / 'b.jsonl'}:1", f"{tmp_path / 'b.jsonl'}:3000",
    )  # fmt: skip
    few = loaded(write(tmp_path / "c.jsonl", b"1\n" * 999))
    assert len(few) == 999


def test_bad_lines_before_a_break_are_told(tmp_path: Path) -> None:
    lines = b"".join(b'"%s"\n' % sha512(b"%d" % n).hexdigest().encode() for n in range(900))
    *bad, last = loaded(write(tmp_path / "a.jsonl.gz", gzip.compress(lines)[:-20]))
    assert len(bad) > 100
    assert isinstance(last, Rejected) and "cut off" in last.reason


def test_a_report_keeps_the_first_rejections_and_counts_all() -> None:
    report = IndexReport()
    for number in range(2500):
        report.reject(Rejected(f"a:{number}", "is not JSON"))
    told = report.as_json()
    assert (told["rejected"], told["rejections_listed"]) == (2500, 1000)
    assert [one["origin"] for one in told["rejections"]] == [f"a:{n}" for n in range(1000)]


def test_a_long_line_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(b'{"text": "')
        for _ in range(100):
            out.write(b"x" * 1_000_000)
        out.write(b'"}\n' + json.dumps({"text": ONE}).encode())
    tracemalloc.start()
    long, good = loaded(path, config=replace(CONFIG, max_article_bytes=1_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(long, Rejected) and good.text == ONE
    assert peak < 10_000_000


def test_json_of_countless_values_is_refused(tmp_path: Path) -> None:
    assert "values" in refused(write(tmp_path / "a.json", b"[" + b"[]," * 2_000_000 + b"[]]"))


@pytest.mark.parametrize(
    ("text", "word"),
    [('{"text": ', "not JSON"), ("[]", "empty list"), ("3", "neither"), ("[" * 99999, "deeply")],
)
def test_a_broken_json_file_is_one_rejection(tmp_path: Path, text: str, word: str) -> None:
    assert word in refused(write(tmp_path / "a.json", text))


# --- HTML

PAGE = f"""<!DOCTYPE html><html><head><title>Harbour reopens - Example News</title>
<meta property="og:title" content="Harbour of Norwick reopens">
<meta property="og:site_name" content="Example News">
<link rel="canonical" href="https://news.example/harbour">
<meta name="author" content="Ada Moor">
<meta property="article:published_time" content="2021-02-24T23:30:00-05:00">
<script>var tracking = "hidden words";</script><style>p {{ color: red }}</style></head>
<body><nav><a href="/">Home</a><a href="/sport">Sport</a></nav>
<article><h1>Harbour of Norwick reopens</h1><p>{ONE}</p><p>{TWO}</p>
<p>The storm of 2019-03-04 had been worse, people in the town remembered on Monday evening.</p>
<script>alert("hidden words")</script></article>
<footer>© 2020 Example News</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.html", PAGE))
    assert found.title == "Harbour of Norwick reopens"
    assert (found.source, found.authors) == ("Example News", ("Ada Moor",))
    assert (found.url, found.published) == (
        "https://news.example/harbour", "2021-02-24T23:30:00-05:00",
    )  # fmt: skip
    assert ONE in found.text and TWO in found.text
    assert "hidden" not in found.text and "Sport" not in found.text


def test_html_without_a_date_has_none(tmp_path: Path) -> None:
    page = "\n".join(line for line in PAGE.split("\n") if "published_time" not in line)
    found = only(write(tmp_path / "a.html", page))
    assert found.published is None and found.updated is None


def test_html_tells_by_json_ld_or_url(tmp_path: Path) -> None:
    linked = {
        "@graph": [{"@type": "NewsArticle", "headline": "Pier open", "datePublished": "2021-03-01"}]
    }
    page = f'<html><head><script type="application/ld+json">{json.dumps(linked)}</script></head>'
    page += f"<body><p>{ONE}</p><p>{TWO}</p></body></html>"
    found = only(write(tmp_path / "a.html", page))
    assert (found.title, found.published) == ("Pier open", "2021-03-01")
    page = '<html><head><link rel="canonical" href="https://x.example/2021/03/02/pier"></head>'
    found = only(write(tmp_path / "b.html", f"{page}<body><p>{ONE}</p><p>{TWO}</p></body></html>"))
    assert found.published == "2021-03-02"


def test_html_in_the_encoding_it_names(tmp_path: Path) -> None:
    page = '<html><head><meta charset="windows-1251"></head>'
    page += f"<body><p>Порт открыт. {ONE}</p></body></html>"
    assert "Порт открыт." in only(write(tmp_path / "a.html", page.encode("cp1251"))).text


def test_html_of_odd_shape_keeps_what_is_seen(tmp_path: Path) -> None:
    odd = (
        '<b>Short note</b><script>x()</script><div style="display: none">ghost</div><p hidden>g</p>'
    )
    assert only(write(tmp_path / "a.html", odd)).text == "Short note"
    assert "no text" in refused(write(tmp_path / "b.html", "<html><script>x()</script></html>"))
    deep = "<div>" * 20_000 + ONE + "</div>" * 20_000
    assert isinstance(loaded(write(tmp_path / "c.html", deep))[0], Found | Rejected)
    many = write(tmp_path / "e.html", f"<h1>Pier</h1><p>{ONE}</p>" + "<p>x</p>" * 60_000)
    assert ONE in only(many).text
    assert "too many" in refused(write(tmp_path / "f.html", "<p>" * 600_000))
    assert "20 MB" in refused(write(tmp_path / "d.html", "<p>" + "x" * 20_000_001))


def test_fragments() -> None:
    assert (
        fragment_text(f"<p>{ONE}<br>and <b>so</b> on</p><p>{TWO}</p>")
        == f"{ONE}\nand so on\n\n{TWO}"
    )


# --- feeds

RSS = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"x" * 50}"><!ENTITY b "&a;&a;&a;&a;">]>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example News</title>
<link>https://news.example/</link>
<item><title>Harbour &amp; pier</title><link>https://news.example/a</link>
<dc:creator>Ada Moor</dc:creator>
<pubDate>Wed, 24 Feb 2021 08:30:00 GMT</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>{ONE}</p><p>{TWO}</p><script>x()</script>]]></content:encoded></item>
<item><title>Empty</title><link>https://news.example/b</link></item>
<item><guid isPermaLink="false">42</guid><description>{TWO}</description></item>
</channel></rss>"""


def test_rss(tmp_path: Path) -> None:
    one, empty, two = loaded(write(tmp_path / "feed.xml", RSS))
    assert (one.title, one.source, one.url) == (
        "Harbour & pier",
        "Example News",
        "https://news.example/a",
    )
    assert (one.text, one.authors) == (f"{ONE}\n\n{TWO}", ("Ada Moor",))
    assert one.published == "Wed, 24 Feb 2021 08:30:00 GMT"
    assert isinstance(empty, Rejected) and empty.origin.endswith("feed.xml:2")
    assert two.id == "https://news.example/#42"


def test_atom_and_what_is_no_feed(tmp_path: Path) -> None:
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Example</title><entry><title>A</title>
    <id>https://x.example/1</id><updated>2021-02-24T00:00:00Z</updated><summary>{ONE}</summary>
    </entry></feed>"""
    found = only(write(tmp_path / "a.atom", atom))
    assert (found.url, found.published, found.text) == (
        "https://x.example/1", "2021-02-24T00:00:00Z", ONE,
    )  # fmt: skip
    assert "not an RSS" in refused(write(tmp_path / "b.xml", "<a><b>x</b></a>"))
    assert "not an RSS" in refused(write(tmp_path / "c.rss", "http://127.0.0.1:9/feed"))


# --- folders, links, odd files


def test_a_folder(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt.gz", "a.TXT", "README.md", "LICENSE", ".hidden/x.txt", ".x"):
        raw = gzip.compress(ONE.encode()) if name.endswith("gz") else ONE.encode()
        write(tmp_path / name, raw)
    write(tmp_path / "c.pdf", "x")
    found = loaded(tmp_path)
    keys = [f.key for f in found if isinstance(f, Found)]
    assert keys == [f"{tmp_path.name}/{name}" for name in ("a.TXT", "b/1.txt.gz", "b/2.txt")]
    (odd,) = [f for f in found if isinstance(f, Rejected)]
    assert odd.origin == str(tmp_path / "c.pdf") and ".jsonl" in odd.reason
    assert [f.key for f in loaded(tmp_path / "b")] == ["b/1.txt.gz", "b/2.txt"]


def test_keys_do_not_depend_on_where_the_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "x" / "in" / "a.txt", ONE)
    monkeypatch.chdir(tmp_path / "x")
    keys = {f.key for p in (tmp_path / "x", Path(), "../x", "in/..") for f in loaded(p)}
    assert keys == {"x/in/a.txt"}


def test_files_of_one_name_in_two_folders_stay_apart(tmp_path: Path) -> None:
    write(tmp_path / "x" / "a.txt", ONE)
    write(tmp_path / "y" / "a.txt", TWO)
    assert [f.key for f in loaded(tmp_path / "x", tmp_path / "y")] == ["x/a.txt", "y/a.txt"]
    assert len(loaded(tmp_path / "x", tmp_path / "x" / "a.txt")) == 1


def test_links(tmp_path: Path) -> None:
    write(tmp_path / "outside.txt", ONE)
    write(tmp_path / "elsewhere" / "e.txt", ONE)
    root = tmp_path / "in"
    write(root / "real.txt", ONE)
    write(root / ".data" / "kept.txt", TWO)
    (root / "a_again.txt").symlink_to("real.txt")
    (root / "b_kept.txt").symlink_to(".data/kept.txt")
    (root / "c_out.txt").symlink_to(tmp_path / "outside.txt")
    (root / "d_out").symlink_to("../elsewhere")
    (root / "e_loop").symlink_to(".")
    (root / "f_self").symlink_to("f_self")
    (root / "g_gone.txt").symlink_to("nowhere.txt")
    found = {f.origin.removeprefix(str(root) + "/"): f for f in loaded(root)}
    assert {n for n, f in found.items() if isinstance(f, Found)} == {"real.txt", "b_kept.txt"}
    reasons = {n: f.reason for n, f in found.items() if isinstance(f, Rejected)}
    assert set(reasons) == {"c_out.txt", "d_out", "f_self", "g_gone.txt"}
    assert "outside" in reasons["c_out.txt"] and "outside" in reasons["d_out"]
    assert "nowhere" in reasons["g_gone.txt"] and "itself" in reasons["f_self"]


def test_odd_files(tmp_path: Path) -> None:
    assert "no such" in refused(tmp_path / "gone.txt")
    assert "empty" in refused(write(tmp_path / "a.txt", b""))
    assert "empty" in refused(write(tmp_path / "b.txt", b" \n \n"))
    assert "empty" in refused(write(tmp_path / "b.jsonl", b"\n\n"))
    assert "binary" in refused(write(tmp_path / "c.txt", b"abc\x00def" * 50))
    assert "unpack it" in refused(write(tmp_path / "d.zip", b"PK\x03\x04"))
    assert "no articles" in refused(write(tmp_path / "e" / ".x", b"").parent)
    assert "read are .txt" in refused(write(tmp_path / "f.doc", b"x"))
    assert "limit" in refused(
        write(tmp_path / "g.txt", b"x" * 101), config=replace(CONFIG, max_article_bytes=100)
    )
    os.mkfifo(tmp_path / "h.txt")
    assert "regular" in refused(tmp_path / "h.txt")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.path.relpath(tmp_path / "i.txt"))
    assert "regular" in refused(tmp_path / "i.txt")
    assert "regular" in refused("/dev/null")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    write(tmp_path / "a" / "a.txt", ONE).chmod(0)
    (tmp_path / "b").mkdir(mode=0)
    assert "permissions" in refused(tmp_path / "a" / "a.txt")
    assert "permissions" in refused(tmp_path / "b")


def test_a_name_that_is_no_text_is_shown_safely(tmp_path: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[31m\n.txt")), b"")
    (found,) = loaded(tmp_path)
    assert found.origin.isprintable()


def test_gzip_faults(tmp_path: Path) -> None:
    rows = b"".join(
        json.dumps({"text": ONE, "n": os.urandom(20).hex()}).encode() + b"\n" for _ in range(2000)
    )
    packed = gzip.compress(rows)
    *kept, last = loaded(write(tmp_path / "a.jsonl.gz", packed[: len(packed) * 3 // 4]))
    assert len(kept) > 100 and all(isinstance(f, Found) for f in kept)
    assert isinstance(last, Rejected) and "damaged" in last.reason
    assert "unpacked" in refused(write(tmp_path / "b.txt.gz", ONE))
    bomb = write(tmp_path / "c.jsonl.gz", gzip.compress(b"\n" * 3_000_000))
    assert "limit" in refused(bomb, config=replace(CONFIG, max_file_bytes=1_000_000))


def test_progress_adds_up_to_all_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", ONE)
    write(tmp_path / "b.jsonl.gz", gzip.compress(json.dumps({"text": ONE}).encode()))
    write(tmp_path / "c.txt", b"x" * 5000)
    write(tmp_path / "d.html.gz", b"not packed")
    steps: list[int] = []
    loaded(tmp_path, config=replace(CONFIG, max_article_bytes=300), on_bytes=steps.append)
    assert (
        sum(steps)
        == total_bytes([tmp_path, "-"])
        == sum(f.stat().st_size for f in tmp_path.iterdir())
    )


# --- standard input


def test_standard_input() -> None:
    found = only("-", stdin=io.BytesIO(f"Harbour reopens\n\n{ONE}".encode()))
    assert (found.origin, found.title) == ("stdin", "Harbour reopens")
    again = only("-", stdin=io.BytesIO(f"Harbour reopens\n\n{ONE}".encode()))
    other = only("-", stdin=io.BytesIO(f"Harbour closes\n\n{ONE}".encode()))
    assert again.key == found.key != other.key  # another pipe's article is another article
    rows = b"\n \n" + json.dumps({"text": ONE}).encode() + b"\nbroken\n"
    good, bad = loaded("-", stdin=io.BytesIO(rows))
    assert (good.origin, bad.origin) == ("stdin:3", "stdin:4")
    assert "empty" in refused("-", stdin=io.BytesIO(b" \n\n"))
    assert "limit" in refused(
        "-", stdin=io.BytesIO(b"x" * 200), config=replace(CONFIG, max_article_bytes=100)
    )
    assert "no standard input" in refused("-")


# --- anything at all


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["txt", "md", "html", "json", "jsonl", "xml", "txt.gz"]),
    st.binary(max_size=200)
    | st.text(alphabet='<>/pbr{}[]":,#*-_ \nabc&;=!', max_size=200).map(str.encode),
)
def test_no_file_raises(tmp_path_factory: pytest.TempPathFactory, suffix: str, raw: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp() / f"any.{suffix}", raw)
    for found in loaded(path):
        if isinstance(found, Found):
            found = clean(found)
        if isinstance(found, Rejected):
            assert found.reason


def test_the_benchmark_articles_load() -> None:
    folder = os.environ.get("DATELINE_BENCH")
    if not folder:
        pytest.skip("DATELINE_BENCH does not name the folder of the benchmark data")
    found = loaded(Path(folder) / "realtimeqa-mini" / "articles.jsonl.gz")
    articles = [a for a in map(clean, found) if isinstance(a, Article)]
    assert len(found) == 1816 and len(articles) >= 1810
    assert len({a.id for a in articles}) == len(articles)
    assert all(a.published and a.source and a.title for a in articles)
