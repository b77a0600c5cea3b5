"""A follow-up made to stand alone, from the turns before it, by rules over short questions.

What a follow-up leaves out is of few kinds: a pronoun ("when did it happen?"), a noun that was
named in full before ("the attack"), all but the word that asks ("why?"), all but what differs
("and in Baghdad?"), or the event as a whole ("how many died?"). Each kind has its rule. A question
that names what it asks about is left as it is: a change of subject must not drag the old one along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa import follow_up_forms as forms
from qa import meant
from qa.ask_again import Other, for_another, of_another, with_else
from qa.days import DAY_NAMES
from qa.mentions import PERSON_NOUNS
from qa.phrases import EVENTS, Proper, phrases
from qa.pronouns import with_names
from qa.records import Answer, PastTurn
from qa.referents import Referent, referents, said, told
from qa.target import AUXILIARIES
from qa.verbs import base_form, is_past
from qa.words import STOPWORDS, words

LONGEST = 500  #: characters of a follow-up; a longer question says itself what it is about


def past_turn(answer: Answer) -> PastTurn:
    """An answer as what a later question may be a follow-up of."""
    short = [answer.short_answer, *answer.also] if answer.short_answer else []
    return PastTurn(
        question=answer.question,
        standalone=answer.standalone_question,
        text=answer.text if answer.citations else "",
        short_answers=tuple(one.text for one in short),
        articles=tuple(dict.fromkeys(one.article_id for one in answer.citations)),
    )


@dataclass(frozen=True, slots=True)
class _Talk:
    """What the turns before a follow-up give it."""

    last: PastTurn
    spoken: list[Referent]  #: what was spoken of, the likeliest to be meant first
    topic: Referent | None  #: what it is about as a whole
    proper: Proper
    written: Sequence[str]  #: texts in which names stand as they are written

    @classmethod
    def of(cls, history: Sequence[PastTurn], written: Sequence[str]) -> _Talk:
        proper = Proper([*(said(turn) for turn in history), *written])
        spoken = referents(history, proper, written)
        topic = _topic(referents(_still_on(history), proper, written)) or _topic(spoken)
        return cls(history[-1], spoken, topic, proper, written)

    def without(self, taken: Sequence[Referent]) -> _Talk:
        """The same talk, had it not spoken of these."""
        left = [one for one in self.spoken if one not in taken]
        topic = self.topic if self.topic not in taken else _topic(left)
        return replace(self, spoken=left, topic=topic)

    def named(self, text: str) -> str:
        """The text with its pronouns written out."""
        return with_names(text, self.spoken, self.proper.of(text))


def stand_alone(text: str, history: Sequence[PastTurn], written: Sequence[str] = ()) -> str:
    """The question with what it leaves to the turns before it put in.

    Args:
        history: oldest turn first.
        written: further texts in which names stand as they are written, since people type "erbil";
            the turns' answers are read for that anyhow.
    """
    return ways_to_stand_alone(text, history, written, most=1)[0]


def ways_to_stand_alone(
    text: str, history: Sequence[PastTurn], written: Sequence[str] = (), most: int = 3
) -> list[str]:
    """What a follow-up may mean, the likeliest first; as `stand_alone`, which gives the first.

    Each further one does without what the ones before it took from the turns; the last may be the
    question by itself.
    """
    asked = " ".join(text.split())
    if not history or not words(asked) or len(asked) > LONGEST:
        return [asked]
    bare = forms.tidied(asked)
    if not words(bare):
        return [asked]
    talk = _Talk.of(history, written)
    ways: list[str] = []
    for _ in range(most):
        way = " ".join(talk.proper.cased(_completed(bare, talk)).split())
        if way in ways:
            break
        ways.append(way)
        taken = [one for one in talk.spoken if one.text in way and one.text not in asked]
        if not taken:
            break
        talk = talk.without(taken)
    alone = f"{bare}?"
    if alone not in ways and len(ways) < most and _may_stand_alone(bare):
        ways.append(alone)
    return ways


def _may_stand_alone(bare: str) -> bool:
    """Whether it is a whole question without a pronoun: "who won the cup"."""
    found = [word.text.lower() for word in words(bare)]
    content = [word for word in words(bare) if word.key not in STOPWORDS]
    asks = bool(set(found) & (forms.ASKING | AUXILIARIES))
    return asks and len(content) >= 2 and not set(found) & forms.PRONOUNS


def _completed(bare: str, talk: _Talk) -> str:
    if found := forms.CORRECTION.match(bare):
        bare = found[1].strip(" ,")
        if not forms.TOPICALISED.match(bare):
            return _of_another(bare, talk)
    if found := forms.ABOUT.match(bare):
        return _of_another(found[1], talk)
    if found := forms.TOPICALISED.match(bare):
        return _of_topic(found[1], found[2], talk)
    if found := forms.BARE.match(bare):
        return _bare(found[1] or found[2], talk)
    if (found := forms.HAPPENED.match(bare)) and meant.event(talk.spoken) is None:
        return _bare(found[1], talk)
    if forms.ELSE.match(bare):
        return with_else(talk.last.standalone) or f"{bare}?"
    if asked := _about_what_was_told(bare, talk.last):
        return asked
    if found := forms.NEXT.match(bare):
        happened = meant.event(talk.spoken) or talk.topic
        if happened is not None:
            word = "before" if found[1].lower().startswith("before") else "after"
            return f"what happened {word} {meant.written(happened)}?"
    if found := forms.ANYONE.match(bare):
        bare = f"was {bare}" if is_past(found[2].lower()) else f"is there {bare}"
    if is_past(words(bare)[0].text.lower()) and talk.topic is not None:
        return f"{meant.written(talk.topic)} {bare}?"  # "bought from whom"
    if _is_fragment(bare):
        return _of_another(bare, talk) if _is_exchange(bare, talk) else _noun_of(bare, talk)
    if (found := forms.NAMED_FIRST.match(bare)) and _is_exchange(found[1], talk):
        other = _of_another(found[1], talk)
        return for_another(other, found[2].lower(), ())
    named = talk.named(bare)
    return _with_cause(named, talk) if named != bare else _with_topic(bare, talk)


def _about_what_was_told(bare: str, last: PastTurn) -> str:
    """ "who says so?", "according to which paper?", "really?"; "" where it is none of these."""
    if not last.short_answers:
        return ""
    if found := forms.SAYS_SO.match(bare):
        verb = found[1] or (f"is {found[2]}" if found[2] else "said")
        return f"who {verb} that {told(last)}?"
    if found := forms.OUTLET.match(bare):
        return f"which {found[1]} reported that {told(last)}?"
    return f"is it confirmed that {told(last)}?" if forms.SURE.match(bare) else ""


def _of_topic(noun: str, clause: str, talk: _Talk) -> str:
    """ "back to the embassy: was it hit?": the clause, of what stands before the comma."""
    noun = talk.named(noun)
    kind = "event" if any(word.text.lower() in EVENTS for word in words(noun)) else "thing"
    known = next((one for one in talk.spoken if one.text.lower() == noun.lower()), None)
    plural = bool(re.search(r"[^s]s$", noun))
    meaning = known or Referent(noun, kind, frozenset(), "question", 0, plural)
    clear = with_names(clause, [meaning], talk.proper.of(clause))
    if clear != clause:
        return f"{clear}?"
    return f"{clause} {_lead_of(clause.lower().split(), meaning)} {noun}?"


def _bare(wh: str, talk: _Talk) -> str:
    """ "why?", "where exactly?": of what happened, not of the claim, where one was claimed."""
    wh = "why" if wh.lower() == "how come" else wh.lower()
    event = next(
        (one for one in talk.spoken if (one.turn, one.part, one.kind) == (0, "question", "event")),
        None,
    )
    verbs = {base_form(word.text.lower()) for word in words(talk.last.standalone)}
    if event is not None and wh in ("when", "where") and verbs & forms.OF_EVENTS:
        return f"{wh} was {event.text}?"
    return for_another(talk.last.standalone, wh, talk.last.short_answers)


def _of_another(text: str, talk: _Talk) -> str:
    """ "what about Balad?", "and in Baghdad?", "on Monday?": the last question, of another."""
    text = text.strip(" ?!.,")
    if (found := forms.HARMED.match(text)) and talk.topic is not None:
        lead = _lead_of([found[1].lower()], talk.topic)
        return f"how many people were {found[1].lower()} {lead} {meant.written(talk.topic)}?"
    if words(text) and words(text)[0].text.lower() in forms.ASKING:
        return f"{text}?"  # "I meant who was hurt": it says all
    preposition = ""
    if found := forms.PREPOSITION.match(text):
        preposition, text = found[1].lower(), found[2]
    if found := forms.ONE.match(text):
        text = found[1] or found[2]
        text = re.sub(r"^the\s+(?=\S)", "", text) if found[1] else text
    named = talk.named(text)
    if named != text and not preposition:
        return f"{named}?"  # "their leader"
    kinds = {one.text.lower(): one.kind for one in reversed(talk.spoken)}
    last = talk.last.standalone
    other = Other(preposition, named, _kind_of(named, kinds, talk.written))
    return of_another(last, other, talk.proper.of(last), kinds)


def _kind_of(text: str, kinds: Mapping[str, str], written: Sequence[str]) -> str:
    if text.lower() in kinds:
        return kinds[text.lower()]
    if forms.TIME.search(text) or any(w.text.capitalize() in DAY_NAMES for w in words(text)):
        return "time"
    stands = re.compile(rf"\b(?:in|at|near|from) (?:the )?{re.escape(text)}\b", re.I)
    return "place" if any(stands.search(one) for one in written) else ""


def _is_fragment(bare: str) -> bool:
    """Whether it has neither a word that asks nor a verb: "in Baghdad", "the prime minister"."""
    lower = [word.text.lower() for word in words(bare)]
    if not lower or len(lower) > 6 or set(lower) & (forms.ASKING | AUXILIARIES):
        return False
    return not any(word.endswith("ed") for word in lower[1:])


def _is_exchange(text: str, talk: _Talk) -> bool:
    """Whether a fragment tells another place, person or time to ask the last question of."""
    if forms.PREPOSITION.match(text) or forms.TIME.search(text) or forms.ONE.match(text):
        return True
    known = talk.proper.of(text)
    content = [word for word in words(text) if word.key not in STOPWORDS]
    days = [word for word in content if word.text.capitalize() in DAY_NAMES]
    names = [word for word in content if known(word) or word.text[0].isupper()]
    if names or days:
        rest = [word for word in content if word not in names and word not in days]
        return all(w.text[0].isdigit() or w.text.lower() in forms.PLACES for w in rest)
    last = content[-1].text.lower() if content else ""
    return last in PERSON_NOUNS or text.lower().startswith("the ")


def _noun_of(text: str, talk: _Talk) -> str:
    """ "casualties?", "english name?": that of what the conversation is about."""
    named = talk.named(text)
    if named != text or talk.topic is None:
        return f"{named}?"
    lead = "in" if talk.topic.kind == "event" else "of"
    return f"{text} {talk.topic.lead or lead} {meant.written(talk.topic)}?"


def _with_cause(clause: str, talk: _Talk) -> str:
    """ "did the Pentagon blame Iran" with what for, where something happened."""
    verbs = {base_form(word.text.lower()) for word in words(clause)}
    happened = meant.event(talk.spoken)
    has_cause = re.search(r"\b(?:for|of) \w+", clause)
    if not verbs & forms.BLAMING or happened is None or happened.text in clause or has_cause:
        return f"{clause}?"
    return f"{clause} {'of' if 'accuse' in verbs else 'for'} {meant.written(happened)}?"


def _with_topic(bare: str, talk: _Talk) -> str:
    """A question in full sentences; with what the conversation is about where it names nothing."""
    found, topic = words(bare), talk.topic
    is_name = talk.proper.of(bare)
    lower = [word.text.lower() for word in found]
    if topic is None or not set(lower) & (forms.ASKING | AUXILIARIES):
        return f"{bare}?"
    full = f"{bare} {_lead_of(lower, topic)} {meant.written(topic)}?"
    if any(is_name(word) for word in found):
        # "how did Iran react" needs to be told to what.
        return full if lower[-1] in forms.TO | forms.ON | forms.FOR else f"{bare}?"
    content = [word for word in found if word.key not in STOPWORDS]
    says_enough = (
        len(content) >= forms.SAYS_ENOUGH
        or re.search(r"\b\d{1,2}\b", bare)  # "what happened on 15 February?"
        or topic.text.lower() in bare.lower()
        or _names_an_event(bare, talk)
    )
    return f"{bare}?" if says_enough else full


def _names_an_event(bare: str, talk: _Talk) -> bool:
    """Whether it asks about something that happened, and was not spoken of: "the treaty"."""
    spoken = {head for one in talk.spoken for head in one.heads}
    own = phrases(bare, talk.proper.of(bare))
    return any(one.is_event and one.definite and one.head not in spoken for one in own)


def _lead_of(lower: Sequence[str], topic: Referent) -> str:
    for listed, lead in ((forms.TO, "to"), (forms.ON, "about"), (forms.FOR, "for")):
        if lower[-1] in listed:
            return lead
    if lower[:2] in (["is", "there"], ["are", "there"]):
        return "of"
    if topic.kind == "event":
        return "in"
    if topic.kind == "thing" and forms.HARMED.match(lower[-1]):
        return "by"
    return topic.lead or ("in" if topic.kind == "place" else "about")


def _topic(spoken: Sequence[Referent]) -> Referent | None:
    """What the conversation is about: the event or place asked about last, else what was named in
    the last question, else what was answered."""
    asked = [one for one in spoken if one.part == "question"]
    for turn in sorted({one.turn for one in asked}):
        for kind in ("event", "place"):
            for one in asked:
                if (one.turn, one.kind) == (turn, kind):
                    return one
    named = [
        one
        for one in asked
        if one.turn == 0
        and (one.kind in ("person", "group", "name") or one.text.startswith("the "))
    ]
    if named:
        return named[-1]
    return next((one for one in spoken if one.kind not in ("time", "number", "claim")), None)


def _still_on(history: Sequence[PastTurn]) -> Sequence[PastTurn]:
    """The turns since the subject was named last: those before hang on another."""
    for back, turn in enumerate(reversed(history), 1):
        if turn.standalone.strip(" ?").lower() == turn.question.strip(" ?").lower():
            return history[-back:]
    return history
