"""A follow-up made to stand alone, from the turns before it, by rules over short questions.

What a follow-up leaves out is of few kinds: a pronoun ("when did it happen?"), a noun that was
named in full before ("the attack"), all but the word that asks ("why?"), all but what differs
("and in Baghdad?"), or the event as a whole ("how many died?"). Each kind has its rule. A question
that names what it asks about is left as it is: a change of subject must not drag the old one along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa import follow_up_forms as forms
from qa import meant
from qa.ask_again import Other, for_another, of_another, with_else
from qa.days import DAY_NAMES
from qa.phrases import EVENTS, Proper
from qa.pronouns import with_names
from qa.records import Answer, PastTurn
from qa.referents import Referent, referents, said, told
from qa.target import AUXILIARIES
from qa.verbs import base_form
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


def stand_alone(text: str, history: Sequence[PastTurn], written: Sequence[str] = ()) -> str:
    """The question with what it leaves to the turns before it put in.

    Args:
        history: oldest turn first.
        written: further texts in which names stand as they are written, since people type "erbil";
            the turns' answers are read for that anyhow.
    """
    asked = " ".join(text.split())
    if not history or not words(asked) or len(asked) > LONGEST:
        return asked
    last = history[-1]
    proper = Proper([*(said(turn) for turn in history), *written])
    spoken = referents(history, proper)
    bare = forms.LEAD.sub("", asked).rstrip(" ?!.…") or asked.rstrip(" ?!.…")
    if not words(bare):
        return asked
    return " ".join(proper.cased(_completed(bare, last, spoken, proper, written)).split())


def _completed(
    bare: str, last: PastTurn, spoken: Sequence[Referent], proper: Proper, written: Sequence[str]
) -> str:
    if found := forms.CORRECTION.match(bare):
        bare = found[1].strip(" ,")
        if not forms.TOPICALISED.match(bare):
            return _of_another(bare, last, spoken, proper, written)
    if found := forms.ABOUT.match(bare):
        return _of_another(found[1], last, spoken, proper, written)
    if found := forms.TOPICALISED.match(bare):
        return _of_topic(found[1], found[2], last, spoken, proper, written)
    if found := forms.BARE.match(bare):
        return _bare(found[1] or found[2], last, spoken)
    if forms.ELSE.match(bare):
        return with_else(last.standalone) or f"{bare}?"
    if (found := forms.SAYS_SO.match(bare)) and last.short_answers:
        return f"who {found[1] or 'said'} that {told(last)}?"
    if found := forms.NEXT.match(bare):
        topic = meant.event(spoken) or _topic(spoken)
        if topic is not None:
            word = "before" if found[1].lower().startswith("before") else "after"
            return f"what happened {word} {meant.written(topic)}?"
    if found := forms.ANYONE.match(bare):
        verb = base_form(found[2].lower()) != found[2].lower()
        bare = f"was {bare}" if verb else f"is there {bare}"
    if base_form(first := words(bare)[0].text.lower()) != first and (topic := _topic(spoken)):
        return f"{meant.written(topic)} {bare}?"  # "bought from whom"
    if _is_fragment(bare):
        return _of_another(bare, last, spoken, proper, written)
    named = with_names(bare, spoken, proper.of(bare))
    if named != bare:
        return _with_cause(named, spoken)
    return _with_topic(bare, spoken, proper)


def _of_topic(
    noun: str,
    clause: str,
    last: PastTurn,
    spoken: Sequence[Referent],
    proper: Proper,
    written: Sequence[str],
) -> str:
    """ "back to the embassy: was it hit?": the clause, of what stands before the comma."""
    noun = with_names(noun, spoken, proper.of(noun))
    kind = "event" if any(word.text.lower() in EVENTS for word in words(noun)) else "thing"
    known = next((one for one in spoken if one.text.lower() == noun.lower()), None)
    plural = bool(re.search(r"[^s]s$", noun))
    named = known or Referent(noun, kind, frozenset(), "question", 0, plural)
    clear = with_names(clause, [named], proper.of(clause))
    if clear != clause:
        return f"{clear}?"
    return f"{clause} {_lead_of(clause.lower().split(), named)} {noun}?"


def _bare(wh: str, last: PastTurn, spoken: Sequence[Referent]) -> str:
    """ "why?", "where exactly?": of what happened, not of the claim, where one was claimed."""
    wh = wh.lower()
    wh = "why" if wh == "how come" else wh
    event = next((o for o in spoken if (o.turn, o.part, o.kind) == (0, "question", "event")), None)
    verbs = {base_form(word.text.lower()) for word in words(last.standalone)}
    if event is not None and wh in ("when", "where") and verbs & forms.OF_EVENTS:
        return f"{wh} was {event.text}?"
    return for_another(last.standalone, wh, last.short_answers)


def _of_another(
    text: str, last: PastTurn, spoken: Sequence[Referent], proper: Proper, written: Sequence[str]
) -> str:
    """ "what about Balad?", "and in Baghdad?", "on Monday?": the last question, of another."""
    text = text.strip(" ?!.,")
    if words(text) and words(text)[0].text.lower() in forms.ASKING:
        return f"{text}?"  # "I meant who was hurt": it says all
    preposition = ""
    if found := forms.PREPOSITION.match(text):
        preposition, text = found[1].lower(), found[2]
    if found := forms.ONE.match(text):
        text = found[1] or found[2]
        text = re.sub(r"^the\s+(?=\S)", "", text) if found[1] else text
    named = with_names(text, spoken, proper.of(text))
    if named != text and not preposition:
        return f"{named}?"  # "their leader"
    text = named
    kinds = {one.text.lower(): one.kind for one in reversed(spoken)}
    kind = kinds.get(text.lower(), "")
    if not kind and (_is_time(text)):
        kind = "time"
    if not kind and any(
        re.search(rf"\b(?:in|at|near|from) (?:the )?{re.escape(text)}\b", one, re.I)
        for one in written
    ):
        kind = "place"
    other = Other(preposition, text, kind)
    return of_another(last.standalone, other, proper.of(last.standalone), kinds)


def _is_time(text: str) -> bool:
    return bool(forms.TIME.search(text)) or any(
        word.text.capitalize() in DAY_NAMES for word in words(text)
    )


def _is_fragment(bare: str) -> bool:
    """Whether it has neither a word that asks nor a verb: "in Baghdad", "the prime minister"."""
    lower = [word.text.lower() for word in words(bare)]
    if not lower or len(lower) > 6 or set(lower) & (forms.ASKING | AUXILIARIES):
        return False
    return not any(word.endswith("ed") for word in lower[1:])


def _with_cause(clause: str, spoken: Sequence[Referent]) -> str:
    """ "did the Pentagon blame Iran" with what for, where something happened."""
    verbs = {base_form(word.text.lower()) for word in words(clause)}
    happened = meant.event(spoken)
    has_cause = re.search(r"\b(?:for|of) \w+", clause)
    if not verbs & forms.BLAMING or happened is None or happened.text in clause or has_cause:
        return f"{clause}?"
    return f"{clause} {'of' if 'accuse' in verbs else 'for'} {meant.written(happened)}?"


def _with_topic(bare: str, spoken: Sequence[Referent], proper: Proper) -> str:
    """A question in full sentences; with what the conversation is about where it names nothing."""
    found = words(bare)
    is_name = proper.of(bare)
    asks = f"{bare}?"
    topic = _topic(spoken)
    lower = [word.text.lower() for word in found]
    if topic is None or not (set(lower) & (forms.ASKING | AUXILIARIES)):
        return asks
    is_open = lower[-1] in forms.TO | forms.ON | forms.FOR
    if any(is_name(word) for word in found):
        return f"{bare} {_lead_of(lower, topic)} {meant.written(topic)}?" if is_open else asks
    if re.search(r"\b\d{1,2}\b", bare) or topic.text.lower() in bare.lower():
        return asks  # "what happened on 15 February?"
    if len([word for word in found if word.key not in STOPWORDS]) >= forms.SAYS_ENOUGH:
        return asks
    return f"{bare} {_lead_of(lower, topic)} {meant.written(topic)}?"


def _lead_of(lower: Sequence[str], topic: Referent) -> str:
    for listed, lead in ((forms.TO, "to"), (forms.ON, "about"), (forms.FOR, "for")):
        if lower[-1] in listed:
            return lead
    if lower[:2] in (["is", "there"], ["are", "there"]):
        return "of"
    if topic.kind == "event":
        return "in"
    return topic.lead or ("in" if topic.kind == "place" else "about")


def _topic(spoken: Sequence[Referent]) -> Referent | None:
    """What the conversation is about: the event asked about last, else what was named in a
    question, else what was answered."""
    for turn in range(3):
        asked = [one for one in spoken if one.turn == turn and one.part == "question"]
        for kind in ("event", "place"):
            for one in asked:
                if one.kind == kind:
                    return one
        named = [
            one
            for one in asked
            if one.kind in ("person", "group", "name") or one.text.startswith("the ")
        ]
        if named:
            return named[-1]
    return next((one for one in spoken if one.kind not in ("time", "number", "claim")), None)
