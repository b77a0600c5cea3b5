"""Bytes of a file become text, or a reason why they do not."""

from __future__ import annotations

import codecs
import re

#: Encodings that news archives really use. The detector is limited to them, so
#: that a short text is never read as an exotic code page that happens to fit.
LIKELY = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256",
    "gb18030", "big5", "cp932", "euc_jp", "cp949",
)  # fmt: skip
SAMPLE_BYTES = 64 * 1024  #: detection looks at this much; decoding then takes all, strictly

#: What a label in an HTML page means (browsers read latin-1 as windows-1252).
_LABELS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "sjis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
_KNOWN_LABEL = re.compile(
    r"windows-125\d|cp125\d|iso-8859-\d{1,2}|koi8-[ru]|gb18030|big5(?:-hkscs)?|euc-jp|iso-2022-jp"
    r"|macintosh|tis-620|windows-874"
)
_QUOTES = "‘’“”„«»–—…€"
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôöøùúûüßœ¿¡£°" + _QUOTES)
_CENTRAL = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžöőüűäôľßîâşţđ" + _QUOTES)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r\f\x1b\x1a")


class NotText(ValueError):
    """The bytes are no text that can be read; the message says why, without quoting them."""


def decode(raw: bytes, hint: str | None = None) -> str:
    """Text of `raw`: by its byte order mark, as UTF-8, by `hint` (a page's label), by detection.

    UTF-8 with a few damaged bytes is still read as UTF-8, each damage becoming U+FFFD.

    Raises:
        NotText: binary content, or an encoding that cannot be told dependably.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], encoding, "is damaged")
    sample = raw[:SAMPLE_BYTES]
    if b"\x00" in sample:
        return _wide(raw, sample)
    if hint and hint.strip().lower() == "iso-2022-jp":  # seven bits: it would pass for UTF-8
        return _strict(raw, "iso2022_jp", "is damaged")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        _refuse_binary(sample)
        return text
    _refuse_binary(sample)
    repaired = raw.decode("utf-8", "replace")
    beyond_ascii = len(raw) - len(raw.translate(None, bytes(range(128, 256))))
    # Few replacements among many well-formed sequences: damaged UTF-8, not another encoding.
    if repaired.count("\ufffd") * 10 <= beyond_ascii and beyond_ascii > 10:
        return repaired
    named = _named(hint)
    if named:
        try:
            return raw.decode(named)
        except (UnicodeDecodeError, LookupError):
            pass  # the page's label is wrong: detect
    return _strict(raw, _detect(sample), "is in an encoding that could not be told")


def _strict(raw: bytes, encoding: str, complaint: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(f"{complaint} (read as {encoding}): save it as UTF-8") from error


def _wide(raw: bytes, sample: bytes) -> str:
    """UTF-16 without a mark has its zero bytes on one side of each pair; binary files do not."""
    pairs = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(raw) % 2 == 0 and max(even, odd) > 0.5 * pairs and min(even, odd) < 0.02 * pairs:
        return _strict(raw, "utf-16-le" if odd > even else "utf-16-be", "is damaged")
    raise NotText("holds binary data, not text")


def _refuse_binary(sample: bytes) -> None:
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    if controls > 0.02 * len(sample):
        raise NotText("holds binary data, not text")


def _named(hint: str | None) -> str | None:
    label = (hint or "").strip().lower()
    if label in _LABELS:
        return _LABELS[label]
    return label if _KNOWN_LABEL.fullmatch(label) else None


def _detect(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=list(LIKELY))
    best = matches.best()
    if best is None:
        raise NotText("is in an encoding that could not be told: save it as UTF-8")
    if best.encoding in ("cp1250", "cp1252"):
        return _western_or_central(sample)
    return best.encoding


def _western_or_central(sample: bytes) -> str:
    """The detector cannot tell these two apart in a Latin text: count the letters in use."""
    beyond = sample.translate(None, bytes(range(128)))
    western = sum(c in _WESTERN for c in beyond.decode("cp1252", "replace"))
    central = sum(c in _CENTRAL for c in beyond.decode("cp1250", "replace"))
    return "cp1250" if central > western else "cp1252"
