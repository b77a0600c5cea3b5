"""The lexical index: what is found, in which order, and what a kill or damage leaves."""

from __future__ import annotations

import math
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexingError, LexicalIndexDamaged
from index.lexical import MOST_TERMS, LexicalIndex
from index.lexical_schema import digest_of
from index.records import Filters, Passage

ROOT = Path(__file__).parents[1]


def passage(name: str, text: str, **more) -> Passage:
    return Passage(id=name, article_id="a", start=0, end=len(text), text=text, **more)


@pytest.fixture
def index(tmp_path):
    opened = LexicalIndex.open(tmp_path / "lexical")
    yield opened
    opened.close()


def filled(index: LexicalIndex, *passages: Passage) -> LexicalIndex:
    index.add(passages)
    index.commit()
    return index


def found(index: LexicalIndex, query: str, filters: Filters | None = None, k: int = 10):
    return [hit.passage_id for hit in index.search(query, k, filters)]


def test_new_index_is_empty_and_answers(index):
    assert (index.count(), index.ids(), index.search("rockets", 10)) == (0, {}, [])


def test_added_is_found_after_commit_and_kept_after_opening_again(tmp_path):
    index = LexicalIndex.open(tmp_path)
    index.add([passage("p1", "Rockets hit the airport.")])
    assert found(index, "rocket") == []
    index.commit()
    assert found(index, "rocket") == ["p1"]
    index.close()
    again = LexicalIndex.open(tmp_path)
    assert found(again, "rocket") == ["p1"]
    again.close()


def test_what_was_not_committed_is_dropped_by_close(tmp_path):
    index = filled(LexicalIndex.open(tmp_path), passage("p1", "rockets"))
    index.add([passage("p2", "rockets")])
    index.close()
    index.close()
    with pytest.raises(IndexingError, match="open it again"):
        index.commit()
    again = LexicalIndex.open(tmp_path)
    assert set(again.ids()) == {"p1"}
    again.close()


def test_same_id_replaces_within_a_batch_and_across_commits(index):
    filled(index, passage("p1", "alpha"), passage("p1", "beta"))
    assert (found(index, "alpha"), found(index, "beta"), index.count()) == ([], ["p1"], 1)
    filled(index, passage("p1", "gamma"))
    assert (found(index, "beta"), found(index, "gamma"), index.count()) == ([], ["p1"], 1)


def test_deleted_is_gone_and_unknown_ids_are_fine(index):
    filled(index, passage("p1", "rockets"), passage("p2", "rockets"))
    index.delete(["p1", "nobody"])
    index.commit()
    assert found(index, "rockets") == ["p2"]
    assert (set(index.ids()), index.count()) == ({"p2"}, 1)


def test_ids_carry_a_digest_of_all_that_is_indexed(index):
    one = passage("p1", "text", title="t", source="s", published=date(2021, 2, 24))
    others = [
        passage("p1", "text!", title="t", source="s", published=date(2021, 2, 24)),
        passage("p1", "text", title="u", source="s", published=date(2021, 2, 24)),
        passage("p1", "text", title="t", source="r", published=date(2021, 2, 24)),
        passage("p1", "text", title="t", source="s", published=date(2021, 2, 25)),
        passage("p1", "text", title="t", source="s"),
    ]
    assert len({digest_of(each) for each in [one, *others]}) == 6
    filled(index, one)
    assert index.ids() == {"p1": digest_of(one)}
    filled(index, others[0])
    assert index.ids() == {"p1": digest_of(others[0])}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The militants were attacking bases.", "attack on a base"),
        ("A café in Beyoğlu", "CAFE beyoglu"),
        ("A cafe", "caf\u00e9"),
        ("Erdog\u0306an spoke", "erdoğan"),
        ("To be or not to be", "to be"),
        ("COVID-19 rules", "covid 19?"),
    ],
)
def test_words_meet_in_their_stems_without_case_or_accents(index, text, query):
    filled(index, passage("p1", text), passage("p2", "nothing alike"))
    if query == "to be":  # only stop words: then they count
        assert found(index, query) == ["p1"]
    assert found(index, query)[:1] == ["p1"]


def test_stop_words_do_not_match_when_other_words_remain(index):
    filled(index, passage("p1", "the and of to in"), passage("p2", "Erbil"))
    assert found(index, "the attack in Erbil") == ["p2"]


def test_title_is_searched_and_weighs_less_than_the_text(index):
    filled(
        index,
        passage("title", "nothing alike", title="Erbil"),
        passage("text", "Erbil alone", title="none"),
        passage("neither", "Baghdad quiet", title="other"),
    )
    assert found(index, "Erbil") == ["text", "title"]


def test_filters_by_source_and_day(index):
    filled(
        index,
        passage("a", "rockets", source="Reuters", published=date(2021, 2, 1)),
        passage("b", "rockets", source="AP News", published=date(2021, 2, 20)),
        passage("c", "rockets", source="reuters ", published=None),
        passage("d", "rockets", source=None, published=date(2021, 3, 1)),
    )
    assert sorted(found(index, "rockets", Filters())) == ["a", "b", "c", "d"]
    assert sorted(found(index, "rockets", Filters(sources=("REUTERS",)))) == ["a", "c"]
    assert sorted(found(index, "rockets", Filters(sources=("ap news", "nobody")))) == ["b"]
    assert found(index, "rockets", Filters(sources=("Reuters", 'x" OR "'), keep_undated=False))
    february = Filters(published_from=date(2021, 2, 1), published_to=date(2021, 2, 20))
    assert sorted(found(index, "rockets", february)) == ["a", "b", "c"]
    dated = Filters(published_from=date(2021, 2, 2), keep_undated=False)
    assert sorted(found(index, "rockets", dated)) == ["b", "d"]
    until = Filters(published_to=date(2021, 2, 1), keep_undated=False)
    assert found(index, "rockets", until) == ["a"]
    both = Filters(sources=("reuters",), published_from=date(2021, 2, 2))
    assert found(index, "rockets", both) == ["c"]
    reversed_days = Filters(published_from=date(2022, 1, 1), published_to=date(2021, 1, 1))
    assert found(index, "rockets", reversed_days) == ["c"]


def test_filters_act_inside_the_search_and_leave_scores_alone(index):
    many = [passage(f"many{n}", "rockets rockets", source="loud") for n in range(200)]
    filled(index, *many, passage("quiet", "rockets were among many other words", source="quiet"))
    hits = index.search("rockets", 3, Filters(sources=("quiet",)))
    assert [hit.passage_id for hit in hits] == ["quiet"]
    plain = {hit.passage_id: hit.score for hit in index.search("rockets", 300)}
    assert hits[0].score == pytest.approx(plain["quiet"], abs=1e-3)


def test_equal_scores_stand_in_the_order_of_ids_however_they_came(tmp_path):
    names = [f"p{n:03}" for n in range(150)]
    shuffled = random.Random(7).sample(names, len(names))
    index = LexicalIndex.open(tmp_path)
    for at in range(0, len(shuffled), 50):
        filled(index, *(passage(name, "the same words") for name in shuffled[at : at + 50]))
    assert found(index, "same words", k=5) == names[:5]
    assert found(index, "same words", k=500) == names
    index.close()


def test_ranking_agrees_with_bm25_computed_apart(index):
    """The formula as in Robertson and Zaragoza 2009, over words that no stemmer changes."""
    words = ["oslo", "cairo", "lima", "kyoto", "quito", "tunis", "perth", "hanoi"]
    dice = random.Random(3)
    texts = {
        f"p{n:02}": [words[int(dice.random() ** 2 * 8)] for _ in range(dice.randint(4, 39))]
        for n in range(40)  # up to 39 words: tantivy keeps such lengths exactly
    }
    filled(index, *(passage(name, " ".join(text)) for name, text in texts.items()))
    mean = sum(map(len, texts.values())) / len(texts)

    def bm25(text: list[str], query: list[str]) -> float:
        score = 0.0
        for word in query:
            holders = sum(word in other for other in texts.values())
            rarity = math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
            often = text.count(word)
            score += rarity * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * len(text) / mean))
        return score

    for query in (["hanoi"], ["oslo", "perth"], ["lima", "tunis", "quito", "hanoi"]):
        own = {name: bm25(text, query) for name, text in texts.items()}
        hits = index.search(" ".join(query), 40)
        assert {hit.passage_id for hit in hits} == {name for name, score in own.items() if score}
        for hit in hits:
            assert hit.score == pytest.approx(own[hit.passage_id], rel=1e-3)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        'rockets" OR "x',
        "title:rockets AND NOT (text:* ^9",
        "+rockets -airport [a TO z] /.*/ ~",
        "rock*",
        "\x00\x1f\ud800 rockets",
        "🚀 火箭 ракета",
        "a" * 100_000,
        "rockets " * 12_500,
    ],
)
def test_any_text_is_a_query(index, query):
    filled(index, passage("p1", "Rockets hit."), passage("p2", "Quiet."))
    assert found(index, query) == (["p1"] if "rockets" in query else [])


def test_a_query_of_many_words_is_cut_to_its_rarest_and_stays_quick(index):
    common = [f"common{n}" for n in range(100)]
    crowd = [passage(f"crowd{n}", " ".join(common)) for n in range(20)]
    filled(index, *crowd, passage("rare", "needle"))
    assert len(common) > MOST_TERMS
    query = " ".join([*common, "needle", *(f"unknown{n}" for n in range(10_000))])
    started = time.perf_counter()
    assert found(index, query)[0] == "rare"
    assert time.perf_counter() - started < 10


@settings(max_examples=60, deadline=None)
@given(query=st.text(max_size=200), k=st.integers(-1, 5))
def test_no_text_breaks_a_search(small_index, query, k):
    assert len(small_index.search(query, k)) <= max(0, k)


@pytest.fixture(scope="module")
def small_index(tmp_path_factory):
    index = LexicalIndex.open(tmp_path_factory.mktemp("small"))
    yield filled(index, *(passage(f"p{n}", f"word{n} rockets the a") for n in range(10)))
    index.close()


@pytest.mark.parametrize("bad", ["\ud800 rockets", "rockets \x00", "x" * 200_000 + " rockets"])
def test_any_text_is_a_passage(index, bad):
    one = passage("p1", bad, title=bad, source=bad)
    filled(index, one)
    assert found(index, "rockets", Filters(sources=(bad,))) == ["p1"]
    assert index.ids() == {"p1": digest_of(one)}


def test_opening_for_searches_writes_nothing(tmp_path):
    filled(LexicalIndex.open(tmp_path), passage("p1", "rockets")).close()

    def state():
        return {p.name: (p.stat().st_mtime_ns, p.stat().st_size) for p in tmp_path.iterdir()}

    before = state()
    index = LexicalIndex.open(tmp_path)
    assert found(index, "rockets") == ["p1"]
    index.commit()
    index.close()
    assert state() == before


def test_searches_run_while_another_thread_adds(index):
    filled(index, passage("p000", "rockets"))
    stop, problems, counts = threading.Event(), [], []

    def search() -> None:
        while not stop.is_set():
            try:
                hits = index.search("rockets", 100)
            except Exception as error:  # handed to the assertion below
                problems.append(error)
                return
            counts.append(len(hits))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 31):
        filled(index, passage(f"p{number:03}", "rockets"))
        assert len(found(index, "rockets", k=100)) == number + 1  # visible at once
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert counts and min(counts) >= 1


def test_a_batch_that_fails_leaves_nothing_for_the_next_commit(index):
    filled(index, passage("p1", "rockets"))
    with pytest.raises(AttributeError):
        index.add([passage("p2", "rockets"), None])
    filled(index, passage("p3", "rockets"))
    assert set(index.ids()) == {"p1", "p3"}


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def overwritten(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


@pytest.mark.parametrize("damage", [emptied, cut, overwritten, Path.unlink])
@pytest.mark.parametrize("suffix", [".term", ".idx", ".store", ".fieldnorm", "meta.json"])
def test_damaged_files_are_reported_on_opening(tmp_path, damage, suffix):
    filled(LexicalIndex.open(tmp_path), passage("p1", "rockets")).close()
    (target,) = (path for path in tmp_path.iterdir() if path.name.endswith(suffix))
    damage(target)
    with pytest.raises(LexicalIndexDamaged, match="rebuilt from the catalogue"):
        LexicalIndex.open(tmp_path)


def test_changed_bytes_are_found_by_verify(tmp_path):
    filled(LexicalIndex.open(tmp_path), passage("p1", "rockets hit the airport")).close()
    index = LexicalIndex.open(tmp_path)
    index.verify()
    index.close()
    (target,) = tmp_path.glob("*.idx")
    content = bytearray(target.read_bytes())
    content[len(content) // 3] ^= 1
    target.write_bytes(content)
    index = LexicalIndex.open(tmp_path)
    with pytest.raises(LexicalIndexDamaged, match="has changed"):
        index.verify()
    index.close()


def test_what_a_killed_commit_left_is_no_damage(tmp_path):
    """A kill while deletions are written leaves part of a file that no commit names."""
    index = filled(LexicalIndex.open(tmp_path), passage("p1", "rockets hit the airport"))
    index.close()
    (segment,) = tmp_path.glob("*.idx")
    (tmp_path / f"{segment.stem}.9999.del").write_bytes(b"\0")
    index = LexicalIndex.open(tmp_path)
    index.verify()
    assert [one.passage_id for one in index.search("rockets", 5)] == ["p1"]
    index.close()


def test_deletions_that_changed_are_found_by_verify(tmp_path):
    passages = (passage("p1", "rockets hit the airport"), passage("p2", "a storm hit the port"))
    index = filled(LexicalIndex.open(tmp_path), *passages)
    index.delete(["p1"])
    index.commit()
    index.close()
    found = list(tmp_path.glob("*.del"))
    if not found:
        pytest.skip("this release of tantivy wrote the segment anew")
    for target in found:
        content = bytearray(target.read_bytes())
        content[0] ^= 1
        target.write_bytes(content)
    with pytest.raises(LexicalIndexDamaged, match="cannot be read"):
        LexicalIndex.open(tmp_path).verify()


def test_an_index_of_other_rules_is_reported(tmp_path):
    import tantivy

    schema = tantivy.SchemaBuilder().add_text_field("text").build()
    tantivy.Index(schema, path=str(tmp_path))
    with pytest.raises(LexicalIndexDamaged):
        LexicalIndex.open(tmp_path)


def test_a_file_where_the_folder_should_be_is_reported(tmp_path):
    (tmp_path / "lexical").write_text("not a folder")
    with pytest.raises(IndexingError):
        LexicalIndex.open(tmp_path / "lexical")


_WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from index.lexical import LexicalIndex
    from index.records import Passage
    index = LexicalIndex.open(Path(sys.argv[1]))
    generation = int(sys.argv[2])
    while True:
        generation += 1
        text = f"rockets generation{generation} " * 20
        index.add([Passage(f"p{n}", "a", 0, len(text), text) for n in range(40)])
        index.commit()
        print(generation, flush=True)
    """
)


def test_a_kill_leaves_a_whole_commit_and_no_lock(tmp_path):
    """Every commit writes all 40 passages anew, so a mixture of two would show."""
    dice = random.Random(11)
    acknowledged = 0
    for _ in range(5):
        command = [sys.executable, "-c", _WRITER, str(tmp_path), str(acknowledged)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline()  # it is writing
        time.sleep(dice.uniform(0, 0.15))
        child.send_signal(signal.SIGKILL)
        lines = child.stdout.read().split()
        child.stdout.close()
        child.wait()
        index = LexicalIndex.open(tmp_path)
        index.verify()
        assert len(index.ids()) == index.count() == 40
        digests = set(index.ids().values())
        assert len(digests) == 1
        acknowledged = max(acknowledged + 1, int(lines[-1]) if lines else 0)
        whole = [
            generation
            for generation in (acknowledged, acknowledged + 1)
            if len(found(index, f"generation{generation}", k=100)) == 40
        ]
        assert len(whole) == 1
        filled(index, passage("p0", "writable"))  # a stale lock would refuse
        index.close()
        acknowledged = whole[0]


_FULL = textwrap.dedent(
    """
    import resource, sys
    from pathlib import Path
    from index.errors import FolderFull
    from index.lexical import LexicalIndex
    from index.records import Passage
    index = LexicalIndex.open(Path(sys.argv[1]))
    index.add([Passage("before", "a", 0, 1, "rockets")])
    index.commit()
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    def batch(n):
        text = " ".join(f"word{n}x{m}" for m in range(300))
        return [Passage(f"p{n}", "a", 0, len(text), text)]
    try:
        for n in range(200):
            index.add(batch(n))
        index.commit()
        sys.exit("no error")
    except FolderFull as error:
        print(error)
    assert set(index.ids()) == {"before"}
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    index.add(batch(1))
    index.commit()
    assert set(index.ids()) == {"before", "p1"}
    index.close()
    """
)


def test_no_room_is_said_and_survived(tmp_path):
    command = [sys.executable, "-c", _FULL, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Make room" in done.stdout
