"""Noun phrases of a question, found without a tagger: "the attack on Erbil", "rockets", "Biden".

Questions are short and of few forms, so that determiners, prepositions and the words that never
are nouns show where a phrase begins and ends. Whether a word is a name is the caller's to say:
people type "erbil".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.days import DAY_NAMES
from qa.names import alike
from qa.target import AUXILIARIES, EMPTY
from qa.verbs import is_past
from qa.words import NUMBER_WORDS, STOPWORDS, Word, fold, is_acronym, word_set, words

IsName = Callable[[Word], bool]  #: whether a word of the question is (part of) a name

#: What happens: nouns whose place, time and parties are told behind a preposition.
EVENTS = word_set(
    """attack attacks assault bombing bombings blast blasts explosion explosions raid raids strike
    strikes airstrike airstrikes shooting killing killings murder assassination protest protests
    demonstration demonstrations election elections vote poll referendum visit trip tour talks
    meeting summit war battle fighting conflict crisis clash clashes ceasefire truce deal agreement
    accord treaty pact sanctions law bill ruling verdict trial case lawsuit hearing arrest arrests
    crash accident collision fire fires flood floods earthquake quake storm hurricane outbreak
    pandemic epidemic launch landing merger takeover sale walkout match game final race tournament
    festival concert wedding funeral death deaths disaster incident operation offensive campaign
    investigation probe inquiry statement speech interview call conversation decision plan
    resignation withdrawal invasion coup ban claim claims warning appeal evacuation rescue
    kidnapping robbery theft leak recall closure opening ceremony conference barrage shelling"""
)
#: Of those, what is also a verb that questions have: an event only with a word before it.
_DOING = word_set(
    "call visit plan claim claims launch vote report recall ban leak deal fire strike"
)
#: Past forms that stand before a noun.
_DESCRIBING = word_set(
    "united armed hundred wounded injured alleged supposed so-called backed made"
)
_DETERMINERS = word_set("the a an this that these those his her its their our any some no another")
_PREPOSITIONS = word_set(
    """in on at by for from to of with against near into over under after before since until during
    about towards toward outside inside between around behind"""
)
#: Prepositions that tie a name to what happens: "the attack on Erbil", "the talks with Iran".
_TIES = word_set("in on at of near against between with to for outside from by about over")
_INSIDE_NAMES = word_set("of al el ul de del bin ibn van von and the")
#: Verbs in the forms that questions have, and other words that no noun of a phrase is.
_NO_NOUNS = word_set(
    """important significant dangerous safe true famous possible likely ready open closed
    available far big old put set let shut leave leaves left rose grew built taken given seen
    known found bought sold caught fought fled sank stood sat drew threw hit say says said
    fell fall took take takes went go going made make gave give told tell become became begin
    began broke won win lost lose held hold leads met meet paid pay ran sent send shot spoke
    speak stole wrote write knew know thought think came come brought bring kept keep saw see
    got get done use uses want wants die dies deny denies confirm confirms condemn condemns
    discuss agree belong belongs live lives mean means calls believe owns own include involve
    carry carries blame blames accuse accuses warn warns ask asks promise promises demand
    demands admit admits explain explains destroy damage hurt kill kills injure wound land
    lands shoot shoots talk talks meets speaks react respond support supports suspect suspects
    stand stands stay stays work works threaten threatens describe describes criticise
    criticize praise reject rejects refuse refuses welcome urge urges help helps try tries
    need needs seem seems look looks responsible involved close near new active else besides
    instead alone together away next now then today yesterday tomorrow exactly really actually
    anyone anybody someone somebody anything something everyone everybody nobody nothing too
    either both first last latest back"""
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase; offsets in code points of the question."""

    start: int
    end: int
    text: str
    head: str  #: its main noun's key: "attack" of "the attack on Erbil"; of a name its last word's
    named: bool  #: whether a name stands in it
    is_name: bool  #: whether it is a name and no more
    is_event: bool  #: whether it is something that happens
    definite: bool  #: whether a determiner or a name makes it one certain thing
    after: str = ""  #: the preposition before it, lower case; "" where there is none
    asked: bool = False  #: whether it is the noun asked for: "nation" of "of which nation"


def phrases(text: str, is_name: IsName) -> list[Phrase]:
    """The noun phrases of a question in order; the word that asks and its noun are none."""
    found = words(text)
    made: list[Phrase] = []
    place = _behind_asking(found)
    while place < len(found):
        end = _phrase_end(text, found, place, is_name)
        if end == place:
            place += 1
            continue
        before = found[place - 1].text.lower() if place else ""
        phrase = _made(text, found, place, end, is_name, before)
        made.append(phrase)
        place = end
    return _tied(text, made)


class Proper:
    """Which words are names, by how other texts write them: those that they never write small.

    A capital in the question itself counts too, unless the question begins with it or shouts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._written: dict[str, Counter[str]] = {}
        self._small: set[str] = set()
        for text in texts:
            self._read(text)

    def _read(self, text: str) -> None:
        for word in words(text):
            if not word.text[0].isupper():
                self._small.add(fold(word.text))
                continue
            # A capital at the start of a sentence says nothing.
            if text[: word.start].rstrip()[-1:] not in ("", ".", "!", "?", ":", "“", '"'):
                self._written.setdefault(fold(word.text), Counter())[word.text] += 1

    @property
    def _names(self) -> list[str]:
        return [name for name in self._written if name not in self._small]

    def _has(self, word: str) -> bool:
        """Whether it is a name in the texts, in this or in another spelling."""
        lower = fold(word)
        if lower in self._small or lower in STOPWORDS:
            return False
        if lower in self._written:
            return True
        return len(lower) > 3 and any(alike(lower, name) > 0 for name in self._names)

    def cased(self, text: str) -> str:
        """The text with its names as they are written, where a name was typed small."""
        done, place = [], 0
        for word in words(text):
            lower = fold(word.text)
            if word.text.islower() and lower in self._written and lower not in self._small:
                done += [text[place : word.start], self._written[lower].most_common(1)[0][0]]
                place = word.end
        return "".join([*done, text[place:]])

    def of(self, text: str) -> IsName:
        """Whether a word of `text` is a name, or part of one."""
        shouts = text.isupper()
        first = next(iter(words(text)), None)

        def is_name(word: Word) -> bool:
            lower = fold(word.text)
            if lower in STOPWORDS | AUXILIARIES or word.text.capitalize() in DAY_NAMES:
                return False
            if self._has(word.text):
                return True
            if lower in NUMBER_WORDS or shouts or not word.text[0].isupper():
                return False
            return word != first or is_acronym(word.text)

        return is_name


def _behind_asking(found: Sequence[Word]) -> int:
    """The index of the first word behind "who", "how many rockets", "which group"."""
    lower = [word.text.lower() for word in found]
    for place, word in enumerate(lower):
        if word in ("how", "which", "what", "whose") and place <= 2:
            counts = lower[place + 1 : place + 2] in (["many"], ["much"], ["long"])
            return place + (2 if counts else 1)
    return 0


def _phrase_end(text: str, found: Sequence[Word], place: int, is_name: IsName) -> int:
    """Where the phrase that begins at `place` ends; `place` itself where none begins."""
    word = found[place]
    lower = word.text.lower()
    end = place
    if lower in _DETERMINERS:
        end += 1
    began = end
    while end < len(found):
        word, lower = found[end], found[end].text.lower()
        if end > place and not _is_joined(text, found[end - 1], word):
            break
        if end > began and found[end - 1].end == word.start:
            end += 1  # "F16s" is written as one word
            continue
        if is_name(word) or (word.text.capitalize() in DAY_NAMES and word.text[0].isupper()):
            end += 1
            continue
        if lower in _INSIDE_NAMES and end > began and is_name(found[end - 1]):
            following = found[end + 1 : end + 2]
            if lower not in ("and", "the", "of") and following and is_name(following[0]):
                end += 1
                continue
            break
        if end > began and _is_verb(found, place, end, is_name):
            break  # "did Nouri al-Maliki call", "did the embassy fire"
        if lower in STOPWORDS | AUXILIARIES | EMPTY | _NO_NOUNS | _PREPOSITIONS:
            break
        if is_past(lower) and lower not in _DESCRIBING:
            break
        end += 1
    return end if end > began else place


def _is_verb(found: Sequence[Word], place: int, end: int, is_name: IsName) -> bool:
    """Whether the word at `end` is what the subject at `place`, behind "did", does."""
    before = found[place - 1].text.lower() if place else ""
    if before not in ("did", "does", "do", "will", "can", "could", "would"):
        return False
    named = is_name(found[place]) and is_name(found[end - 1])
    several = bool(re.fullmatch(r"[a-z]+[^s]s", found[end - 1].text))
    return named or several or found[end].text.lower() in _DOING


def _is_joined(text: str, one: Word, other: Word) -> bool:
    return bool(re.fullmatch(r"[\s\-’']*|\.\s", text[one.end : other.start]))


def _made(
    text: str, found: Sequence[Word], place: int, end: int, is_name: IsName, before: str
) -> Phrase:
    inside = found[place:end]
    determined = inside[0].text.lower() in _DETERMINERS
    body = inside[1:] if determined else inside
    named = [word for word in body if is_name(word)]
    head = body[-1]
    return Phrase(
        start=inside[0].start,
        end=inside[-1].end,
        text=text[inside[0].start : inside[-1].end],
        head=head.key,
        named=bool(named),
        is_name=len(named) == len([w for w in body if w.text.lower() not in _INSIDE_NAMES]),
        is_event=head.text.lower() in EVENTS
        and (len(inside) > 1 or head.text.lower() not in _DOING),
        definite=determined or bool(named),
        after=before if before in _PREPOSITIONS else "",
        asked=before in ("which", "what", "whose"),
    )


def _tied(text: str, made: list[Phrase]) -> list[Phrase]:
    """What happens joined with the name behind it: "the attack" + "on" + "Erbil"."""
    joined: list[Phrase] = []
    for phrase in made:
        last = joined[-1] if joined else None
        if (
            last is not None
            and phrase.after in _TIES
            and text[last.end : phrase.start].split() == [phrase.after]
            and (last.is_event or phrase.after == "of")
            and not (last.named and last.is_name)
        ):
            joined[-1] = Phrase(
                start=last.start,
                end=phrase.end,
                text=text[last.start : phrase.end],
                head=last.head,
                named=last.named or phrase.named,
                is_name=False,
                is_event=last.is_event,
                definite=last.definite,
                after=last.after,
            )
        else:
            joined.append(phrase)
    return joined
