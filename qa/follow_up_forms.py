"""The forms that follow-ups have, and the words that tell them apart."""

from __future__ import annotations

import re

from qa.words import word_set

LEAD = re.compile(
    r"^(?:(?:and|but|so|or|ok|okay|well|then|also|now|hm+|thanks|thank you|thx|great|good|please|"
    r"yes|sorry|right|i see|got it|tell me|do you know|can you tell me|pls|plz)\b[,.!:…]*\s+)+"
    r"(?=\S)",
    re.I,
)
_MARKS = re.compile(r"[\s?!.…]+$")
#: What may stand at the end and says nothing.
TAIL = re.compile(
    r"(?:[,\s]+(?:pls|plz|please|tho|though|thx|thanks|btw|again|then|exactly))+$", re.I
)
#: How it is typed in a hurry, and how it is written.
_SHORTENED = {
    r"who'?s(?= \w)": "who is", r"what'?s(?= \w)": "what is", r"where'?s(?= \w)": "where is",
    r"when'?s(?= \w)": "when is", r"acc(?:ording)? to who\b": "according to whom",
    r"ppl\b": "people", r"u\b": "you", r"re what\b": "about what",
}  # fmt: skip
_WRITTEN_OUT = [(re.compile(rf"\b{short}", re.I), full) for short, full in _SHORTENED.items()]
CORRECTION = re.compile(
    r"^(?:(?:no|not \w+|oh|ah|sorry|actually|wait)\b[,.!]*\s+)*"
    r"(?:i (?:meant|mean)|i was asking about|rather)\s+(.+)$",
    re.I,
)
ABOUT = re.compile(
    r"^(?:(?:and|or|but|so|then)\s+)?(?:(?:what|how) about|"
    r"(?:and )?(?:the )?same (?:question |thing )?(?:for|about|with))\s+(.+)$",
    re.I,
)
BARE = re.compile(
    r"^(why(?: not)?|when|where|how|how come|"
    r"(?:by|with|from|to|for|against|on|about|over|of) (?:whom|what|where)|by who|who by|"
    r"(?:since|until|till|by) when|how (?:many|much|long|often|far|old)|"
    r"(?:(?:in|on|at|by|from|for|to|with) )?(?:what|which) (?!of\b)[a-z]+|"
    r"who|what|which)(?: (?:exactly|precisely|then|so))?$|"
    r"^(when|why|how many|how)(?: (?:(?:was|is|were|are) )?(?:it|that|this|there|they)|"
    r" of (?:them|those|these))$",
    re.I,
)
ELSE = re.compile(
    r"^(?:(?:who|what|where) else|(?:is there |was there )?any(?:one|body|thing) else|any others?|"
    r"others)(?: (?:too|as well))?$",
    re.I,
)
SAYS_SO = re.compile(
    r"^(?:who (says?|said|claims|confirms|confirmed|reports?|reported|explained|explains|told|"
    r"tells)(?: (?:so|that|this|it|us))?|"
    r"who is (saying|claiming|reporting) (?:so|that|this|it)|says who|according to whom?|"
    r"(?:what|which)(?: is)? (?:the|your) source|source|"
    r"how do (?:you|we|they) know(?: that| this)?)$",
    re.I,
)
#: "according to which outlet", "which paper reported that"
OUTLET = re.compile(
    r"^(?:according to )?(?:which|what) (outlet|paper|newspaper|agency|source|article)"
    r"(?: (?:says|said|reported|reports|wrote|writes) (?:so|this|that|it))?$",
    re.I,
)
#: "is that confirmed?", "really?"
SURE = re.compile(
    r"^(?:(?:is|was) (?:that|this|it) (?:true|confirmed|certain|sure|correct|right|official)|"
    r"really|are you sure|has (?:that|this|it) been confirmed)$",
    re.I,
)
#: "Erbil what day"
NAMED_FIRST = re.compile(
    r"^(.+?) ((?:(?:on|at|in|by|since) )?(?:what|which|when|where|who|how|why)\b.*)$", re.I
)
#: "which day did it happen": of what the last question told, where no event was named.
HAPPENED = re.compile(
    r"^((?:on |in |at )?(?:when|where|why|how|(?:which|what) \w+)) (?:(?:did|has|had) )?"
    r"(?:it|this|that) (?:(?:did|has|had) )?"
    r"(?:happen(?:ed)?|occur(?:red)?|took place|take place|taken place)$",
    re.I,
)
#: "and wounded?", "what about the injured"
HARMED = re.compile(r"^(?:(?:any|the) )?(wounded|injured|killed|hurt|missing|arrested|dead)$", re.I)
#: "back to the air base, on what day was it hit".
TOPICALISED = re.compile(
    r"^(?:back to |about |as for |regarding )?((?:the |that |this )?[\w’'-]+(?: [\w’'-]+){0,5})"
    r"(?:[,:] ?| - )((?:(?:in|on|at|by|from|for|with|to) )?"
    r"(?:who|whom|whose|when|where|why|what|which|how|is|any|are|was|were|did|does|do|has|have|had)"
    r"\b.*)$",
    re.I,
)
#: "anybody killed?", "any answer from Tehran?".
ANYONE = re.compile(r"^(anyone|anybody|any|someone) (\w+)(?: .*)?$", re.I)
NEXT = re.compile(
    r"^what (?:happened|came|comes|happens) (next|then|after(?:wards?)?(?: that| this| it)?|"
    r"before(?: that| this| it)?)$",
    re.I,
)
PREPOSITION = re.compile(
    r"^(in|on|at|by|from|to|for|with|near|against|of|after|before|since|until|during)\s+(.+)$", re.I
)
ONE = re.compile(r"^(?:the )?(.+?) ones?$|^the ones? (?:in|at|on|from|near|of) (.+)$", re.I)
TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|week|weekend|month|year|day|morning|evening|night|"
    r"(?:19|20)\d\d|now|\d{1,2}(?:st|nd|rd|th))\b",
    re.I,
)
#: They need to be told of what: "how did Iran react?".
TO = word_set("react reacts reacted respond responds responded reply replied reaction response")
ON = word_set("say says said think thinks comment comments commented know knows knew mean")
FOR = word_set("blame blames blamed responsible apologise apologize apologised condemned condemn")
BLAMING = word_set("blame accuse")
SAYS_ENOUGH = 4  #: words with content, from which on a question needs no topic
#: What is done about an event, after it.
OF_EVENTS = word_set("claim deny condemn blame confirm report announce discuss criticise criticize")
PLACES = word_set("airport base zone city town province region street square embassy camp")
PRONOUNS = word_set(
    "he she him her his they them their it its this that these those there one ones else"
)
ASKING = word_set("who whom whose when where why what which how")


def tidied(text: str) -> str:
    """A follow-up without its question mark, "and" ahead of it, "pls" behind it."""
    bare = text
    for pattern, full in _WRITTEN_OUT:
        bare = pattern.sub(full, bare)
    for form in (_MARKS, TAIL, _MARKS):
        bare = form.sub("", bare)
    bare = LEAD.sub("", bare)
    return bare or text
