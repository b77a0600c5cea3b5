"""Long texts cut into windows of whole sentences."""

from eval.train.windows import MOST_CHARACTERS, cut, windows

SENTENCE = "The harbour of Olen was closed on Monday because of the storm. "


def test_windows_hold_every_sentence_once_and_are_of_about_one_length():
    text = SENTENCE * 60
    found = windows(text)
    assert [text[a:b].strip() for a, b in found if text[a:b].strip()]
    joined = " ".join(text[a:b].strip() for a, b in found)
    assert joined.split() == text.split()
    sizes = [b - a for a, b in found]
    assert max(sizes) <= 1.2 * MOST_CHARACTERS
    assert min(sizes) >= 0.4 * max(sizes)


def test_a_short_text_is_one_window_and_nothing_is_none():
    assert windows("One sentence.") == [(0, 13)]
    assert windows("") == []
    assert windows(" \n ") == []


def test_a_span_stays_with_the_window_that_holds_all_of_it():
    text = SENTENCE * 60
    start = text.rindex("Olen")
    pieces = cut("Storm", text, ((start, start + 4),))
    held = [piece for piece in pieces if piece.spans]
    assert len(held) == 1
    a, b = held[0].spans[0]
    assert held[0].text[a:b] == "Olen"
    assert {piece.title for piece in pieces} == {"Storm"}
