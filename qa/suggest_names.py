"""Questions about the people and organisations that passages name: what they did, who they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.records import Passage
from qa.mentions import distinct
from qa.names import same_name
from qa.suggest_records import Candidate, Named, is_demonym, named
from qa.words import words

#: What somebody did, as articles write it, and the question about it.
_DONE = tuple(
    (re.compile(rf"(?:{verbs})\b", re.I), asked)
    for verbs, asked in (
        ("warn(?:ed|s)", "What did {} warn of?"),
        ("promise[ds]|pledge[ds]|vow(?:ed|s)", "What did {} promise?"),
        ("urge[ds]|called (?:on|for)|calls (?:on|for)", "What did {} call for?"),
        ("den(?:y|ied|ies)|reject(?:ed|s)?", "What did {} deny?"),
        ("announce[ds]", "What did {} announce?"),
        ("praise[ds]", "What did {} praise?"),
        ("claim(?:ed|s)", "What did {} claim?"),
        ("accuse[ds]|blame[ds]", "Whom did {} accuse?"),
        ("bought|acquire[ds]", "What did {} buy?"),
        ("launch(?:ed|es)|unveil(?:ed|s)", "What did {} launch?"),
        ("sign(?:ed|s)", "What did {} sign?"),
        ("sue[ds]", "Whom did {} sue?"),
        ("w[oi]ns?", "What did {} win?"),
        ("resign(?:ed|s)|stepped down", "Why did {} resign?"),
        ("(?:was|were) arrested", "Why was {} arrested?"),
        ("(?:was|were) (?:charged|convicted|accused)", "What was {} accused of?"),
        ("(?:was|were) sentenced", "What sentence did {} get?"),
        ("(?:was|were) elected", "When was {} elected?"),
        ("died|(?:was|were) killed", "When did {} die?"),
        ("stresse[ds]|restate[ds]|insist(?:ed|s)?", "What did {} insist on?"),
        (
            "s(?:aid|ays?)|told|tells?|added|explain(?:ed|s)|stated|argue[ds]|spoke|describe[ds]|"
            "believes?",
            "What did {} say?",
        ),
    )
)
#: Between a name and its verb: an aside in commas, "of the US State Department", "has also".
_UP_TO_VERB = (
    r"(?:,(?: \w[^,.;]{0,80},)?|(?: of| at| from| in)(?: the)?(?: [A-Z][\w’'-]*){1,4})?"
    r"(?: (?:has|have|had|also|both|later|then|since|on \w+day|not|explicitly|today|now)){0,3} "
)
_SAYS_BEFORE = re.compile(r"\b(?:said|says|according to) (?:[a-z]+ ){0,3}(?:[A-Z]{2,3} )?$")
_SAYS = "What did {} say?"


def of_names(said: str, passages: Sequence[Passage]) -> Iterator[Candidate]:
    """What those did whom passages name, and who they are.

    `said` is the conversation so far: whom it names not yet is more welcome.
    """
    outlets = {one.source for one in passages if one.source}
    found = [one for passage in passages for one in named(passage)]
    known = {word.text for word in words(said) if word.text[0].isupper()}
    for full in distinct([one.mention for one in found]):
        of_it = [one for one in found if same_name(one.mention.text, full.text)]
        kinds = [one.mention.kind for one in of_it]
        acting = kinds.count("person") + kinds.count("group")
        if acting <= kinds.count("place") or any(one.mention.is_alias for one in of_it):
            continue
        has_role = any(one.mention.roles for one in of_it)
        if full.text in outlets or re.search(r"['’]s\b", full.text):
            continue
        if is_demonym(full.text) and not has_role:
            continue
        name = _with_article(full.text, of_it)
        is_known = any(same_name(word, full.text.split()[-1]) for word in known)
        weight = 0.6 if is_known else 1.0
        for asked in _asked(of_it):
            yield Candidate(
                asked.format(name),
                "deed",
                (full.text,),
                weight=weight * (0.5 if asked == _SAYS else 1.0),
            )
        if not is_known and has_role and not any(letter.isdigit() for letter in full.text):
            verb = "What" if "group" in kinds else "Who"
            yield Candidate(f"{verb} is {name}?", "identity", (full.text,), weight=0.4)


def _with_article(name: str, found: Sequence[Named]) -> str:
    """ "the Pentagon", where the passages write it so."""
    inside = [one.before for one in found if one.before and one.mention.text == name]
    with_article = sum(before.endswith(("the ", "The ")) for before in inside)
    return f"the {name}" if with_article * 2 > len(inside) else name


def _asked(found: Sequence[Named]) -> list[str]:
    """The questions that the verbs beside a name suggest, those that tell more than "say" first."""
    asked: dict[str, None] = {}
    for one in found:
        for verbs, text in _DONE:
            if re.match(_UP_TO_VERB + verbs.pattern, one.after, re.I):
                asked.setdefault(text)
                break
        else:
            if _SAYS_BEFORE.search(one.before):
                asked.setdefault(_SAYS)
    return sorted(asked, key=lambda text: text == _SAYS)
