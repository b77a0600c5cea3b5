"""Lines that stand alone and are the page's, not the article's."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 250  #: characters; a longer line is never taken for boilerplate

#: Placeholders that ad systems leave, wherever they stand.
AD_MARK = re.compile(
    r"\[ad_\d{1,3}\]|\[/?adsense\]|\[(?:advertisement|ad)\]"
    r"|\(adsbygoogle ?= ?window\.adsbygoogle ?\|\| ?\[\]\)\.push\([^()]{0,200}\);?",
    re.IGNORECASE,
)

_LINE = re.compile(
    "|".join(
        (
            # advertising
            r"(?:advertisements?|ad|sponsored(?: content| by)?|paid content|promoted)",
            r"(?:advertisement|ad) ?[-–—:.] ?"
            r"(?:scroll to continue|(?:the )?(?:story|article) continues .{0,40})",
            r"(?:the )?(?:story|article|scroll) (?:continues|to continue|below to continue).{0,50}",
            r"scroll (?:down )?to continue(?: reading)?(?: with content)?",
            r"(?:googletag|window\.adsbygoogle|adsbygoogle|\(adsbygoogle).{0,200}",
            # what readers are asked about an ad, and what players say
            r"(?:\d\. )?how relevant is (?:this|the) ad to you\??",
            r"(?:\d\. )?did you encounter any technical issues\??",
            r"video player was slow to load(?: content)?.{0,300}",
            r"video content never loaded|ad froze or did not finish loading",
            r"video content did not start after ad|audio on ad was too loud",
            r"ad never loaded|ad (?:prevented|slowed)(?:/slowed)? the page from loading",
            r"content moved around while ad loaded|ad was repetitive to ads i've seen previously",
            r"(?:video )?ad feedback",
            r"thank you! your effort and contribution in providing this feedback .{0,60}",
            r"(?:this|the|your) (?:video player|player|video) (?:requires|needs) .{0,60}",
            r"(?:please )?(?:enable|turn on) (?:javascript|cookies)\b.{0,100}",
            r"javascript (?:is|must be) .{0,80}",
            r"your browser (?:does not|doesn't) support .{0,80}",
            # sharing, following, subscribing
            r"share(?: (?:this|the))?(?: (?:article|story|page|post))?"
            r"(?: (?:on|via|by|with)"
            r" (?:facebook|twitter|x|linkedin|whatsapp|e-?mail|your friends))?",
            r"(?:copy (?:this )?(?:url|link)|link copied|print this (?:article|page|story)).{0,60}",
            r"follow us(?: on .{0,60})?",
            r"(?:please )?(?:sign up|subscribe)(?: (?:here|now|today))?",
            r"(?:[^.]{0,70}[:?!] ?)?(?:please )?(?:sign up|subscribe)"
            r" (?:now |here |today )?(?:for|to) .{0,60}\bnewsletters?\b.{0,60}",
            r"(?:get|join) (?:our|the) (?:\w+ ){0,3}newsletters?\b.{0,60}",
            r"newsletter(?: sign-?up)?",
            # ways on
            r"(?:click here to )?(?:read|see|show|load) more(?: here)?|continue reading",
            r"(?:for the full story,? )?click here(?: (?:for|to) (?:more|read more))?",
            r"related(?: (?:articles|stories|content|coverage|topics))?|up next|watch next",
            r"skip (?:to )?(?:the )?(?:main )?(?:content|navigation|ad|advertisement)",
            r"(?:more stories|recommended|you may also like|most read|trending now)",
            # notices
            r"(?:we|this (?:site|website)|our (?:site|website)) uses? cookies.{0,200}",
            r"(?:(?:©|\(c\)|copyright) ?(?:©|\(c\))? ?\d{4}\b.{0,120})|all rights reserved",
        )
    ),
    re.IGNORECASE,
)
_CURLY = str.maketrans({"’": "'", "‘": "'"})
_EDGES = " \t*_►▶•·|>-–—:.!…«»()[]"


@lru_cache(maxsize=4096)  # the same furniture comes on every page, and in many rounds
def is_boilerplate(line: str) -> bool:
    """Whether `line`, standing alone, is the page's furniture or has no letter or digit at all."""
    if len(line) > LONGEST:
        return False
    core = line.strip(_EDGES)
    if not any(c.isalnum() for c in core):
        return True
    if "’" in core or "‘" in core:
        core = core.translate(_CURLY)
    # the opening bracket carries meaning in "(c) 2021" and in scripts: match with it, too
    return bool(_LINE.fullmatch(core) or (line[0] == "(" and _LINE.fullmatch(line)))
