"""The forms that follow-ups have, and the words that tell them apart."""

from __future__ import annotations

import re

from qa.words import word_set

LEAD = re.compile(
    r"^(?:(?:and|but|so|or|ok|okay|well|then|also|now|hm+|thanks|thank you|thx|great|good|please|"
    r"yes|sorry|right|i see|got it|tell me|do you know)\b[,.!:…]*\s+)+(?=\S)",
    re.I,
)
CORRECTION = re.compile(
    r"^(?:(?:no|not \w+|oh|ah|sorry|actually|wait)\b[,.!]*\s+)*"
    r"(?:i (?:meant|mean)|i was asking about|rather)\s+(.+)$",
    re.I,
)
ABOUT = re.compile(r"^(?:(?:and|or|but|so|then)\s+)?(?:what|how) about\s+(.+)$", re.I)
BARE = re.compile(
    r"^(why(?: not)?|when|where|how|how come|"
    r"(?:by|with|from|to|for|against|on|about|over|of) (?:whom|what|where)|by who|who by|"
    r"(?:since|until|till|by) when|how (?:many|much|long|often|far|old)|"
    r"(?:on )?(?:what|which) (?:day|date|time|year|month|city|country|place|group|outlet)|"
    r"who|what|which)(?: (?:exactly|precisely|then))?$|"
    r"^(when|why|how many|how)(?: (?:was|is|were) (?:it|that|this|there|they))$",
    re.I,
)
ELSE = re.compile(
    r"^(?:(?:who|what|where) else|(?:is there |was there )?any(?:one|body|thing) else|any others?|"
    r"others)(?: (?:too|as well))?$",
    re.I,
)
SAYS_SO = re.compile(
    r"^(?:who (says?|said|claims|confirms|confirmed|reports?|reported|explained|explains)"
    r"(?: (?:so|that|this|it))?|says who|according to whom?|(?:what|which)(?:'s| is)? (?:the|your) "
    r"source|source|how do (?:you|we|they) know(?: that| this)?)$",
    re.I,
)
#: "back to the air base, on what day was it hit".
TOPICALISED = re.compile(
    r"^(?:back to |about |as for |regarding )?((?:the |that |this )?[\w’'-]+(?: [\w’'-]+){0,5})"
    r"(?:[,:] ?| - )"
    r"((?:(?:in|on|at|by|from|for|with|to) )?(?:who|whom|whose|when|where|why|what|which|how|is|"
    r"are|was|were|did|does|do|has|have|had)\b.*)$",
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
ASKING = word_set("who whom whose when where why what which how")
