"""Names spelled several ways still meet: Kadhimi and Kazemi, Erbil and Irbil, Al-Balad and Balad.

No list of such names: spellings differ between outlets in vowels, doubled letters, prefixed
articles and a few groups of letters that stand for one foreign sound. A name is reduced to its
consonants, in the manner of Soundex and Metaphone but over fewer classes, and the letters of the
two spellings must be alike besides.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from qa.words import fold

_ARTICLE = re.compile(r"^(?:al|el|ul|ad|as|ash|an|ar|at|az)[-'’ ]+")
#: One sound, several transcriptions; longer groups first.
_SOUNDS = (
    ("sch", "s"), ("tch", "c"), ("dh", "z"), ("gh", "g"), ("kh", "h"), ("ph", "f"), ("th", "t"),
    ("sh", "s"), ("ch", "c"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("w", "v"), ("c", "k"),
)  # fmt: skip
_MIN_SKELETON = 3  # below three sounds too many unlike names share a skeleton
_MIN_RATIO = 0.7  # of the letters as sounds: Kadhimi/Kazemi .83, Balad/Blood .67
_LONG = 7  # from this length on one differing letter is a spelling, not another name
_LONG_RATIO = 0.9


@lru_cache(maxsize=50_000)
def plain(name: str) -> str:
    """A name without case, diacritics, apostrophes and a prefixed article."""
    bare = _ARTICLE.sub("", fold(name).strip())
    return re.sub(r"(?<=\w)['’]s$|[^\w\s]", "", bare)


@lru_cache(maxsize=50_000)
def _sounds(name: str) -> str:
    """A name with one letter for each group of letters that stands for one sound."""
    sounds = plain(name)
    for letters, sound in _SOUNDS:
        sounds = sounds.replace(letters, sound)
    return re.sub(r"(.)\1+", r"\1", sounds)


@lru_cache(maxsize=50_000)
def skeleton(name: str) -> str:
    """The consonants of a name by sound; a leading vowel counts as one sound, "a"."""
    sounds = _sounds(name)
    lead = "a" if sounds[:1] in set("aeiou") else sounds[:1]
    return lead + re.sub(r"[aeiouyhj\W\d_]", "", sounds[1:])


@lru_cache(maxsize=50_000)
def alike(one: str, other: str) -> float:
    """How surely two words are spellings of one name: 1 the same, 0 not, between: likely.

    Both are single words. It says nothing of different people who share a name.
    """
    first, second = plain(one), plain(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    bones, others = skeleton(one), skeleton(other)
    if bones[:1] != others[:1]:
        return 0.0
    sounds = _sounds(one), _sounds(other)
    if abs(len(sounds[0]) - len(sounds[1])) > 1:
        return 0.0  # Nigeria is no spelling of Niger
    if sounds[0] == sounds[1] and len(sounds[0]) >= _MIN_SKELETON:
        return 0.9  # "Haqq" and "Haq"
    like = _ratio(*sounds)
    if len(bones) >= _MIN_SKELETON and bones == others and like >= _MIN_RATIO:
        return 0.9
    if min(len(first), len(second)) >= _LONG and _ratio(first, second) >= _LONG_RATIO:
        return 0.85
    return 0.0


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def same_name(one: str, other: str) -> bool:
    """Whether two names of one or more words may be spellings of the same name.

    The shorter name's every word has to be met by a word of the longer one: "Kadhimi" is
    "Mustafa Al-Kazemi".
    """
    first, second = sorted((_parts(one), _parts(other)), key=len)
    return bool(first) and all(any(alike(a, b) > 0 for b in second) for a in first)


def _parts(name: str) -> list[str]:
    parts = re.split(r"[\s\-]+", name)
    kept = [part for part in parts if plain(part) and fold(part) not in {"al", "el", "the", "of"}]
    return kept or [part for part in parts if plain(part)]
