"""The API keys of the service: who presents one is known by a digest of it, and by nothing else."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

from pydantic import SecretStr

from qa.errors import BadConfiguration

LEAST_CHARACTERS = 16  #: of a key
_KEY = re.compile(rf"[!-~]{{{LEAST_CHARACTERS},}}")
_OWNER_DIGITS = 32


class ApiKeys:
    """The configured keys, kept as digests; false where there are none."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._digests = tuple(dict.fromkeys(_digest(key) for key in keys))

    @classmethod
    def parse(cls, setting: SecretStr | str | None) -> ApiKeys:
        """The keys in DATELINE_API_KEYS, separated by commas.

        Blank entries are ignored. Raises `BadConfiguration`, which never repeats the setting, for
        a key that is too short or holds what no key may, and for commas without any key: whoever
        wrote them meant to lock the service.
        """
        text = setting.get_secret_value() if isinstance(setting, SecretStr) else setting or ""
        if not text.strip():
            return cls()
        entries = [entry.strip() for entry in text.split(",")]
        for number, entry in enumerate(entries, 1):
            if entry and not _KEY.fullmatch(entry):
                raise BadConfiguration(
                    f"Key {number} of DATELINE_API_KEYS can't be used: a key has "
                    f"{LEAST_CHARACTERS} or more printable ASCII characters, no space and no comma."
                )
        if not any(entries):
            raise BadConfiguration(
                "DATELINE_API_KEYS holds commas and no key: name one, or leave it out."
            )
        return cls(entry for entry in entries if entry)

    def __len__(self) -> int:
        return len(self._digests)

    def __repr__(self) -> str:
        return f"<ApiKeys: {len(self)}>"

    def owner_of(self, presented: str) -> str | None:
        """`Question.owner` of who presents this key; None where it is none of ours.

        How long it takes tells nothing of the keys: whole digests are compared, with every key.
        """
        digest = _digest(presented)
        # All of them: any() would end at the first that fits.
        is_known = sum(hmac.compare_digest(digest, one) for one in self._digests) > 0
        return digest[:_OWNER_DIGITS] if is_known else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
