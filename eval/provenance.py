"""What code a run was made with."""

from __future__ import annotations

import hashlib
from pathlib import Path

#: What decides which answers a run gives: the code that answers, and how systems are asked.
_ANSWERING = ("index", "qa", "prompts", "eval/systems")
_ROOT = Path(__file__).resolve().parents[1]


def code_fingerprint(*folders: str) -> str:
    """Of the code and prompts in these folders, or of all that answers; 16 hexadecimal digits.

    The version of the package stays the same while somebody works on it; this does not, so that
    a run is never gone on with by other code, and an index of other code is never measured.
    """
    digest = hashlib.sha256()
    for folder in folders or _ANSWERING:
        for file in sorted((_ROOT / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                name = file.relative_to(_ROOT).as_posix()
                digest.update(
                    f"{name}\x1f{hashlib.sha256(file.read_bytes()).hexdigest()}\x1e".encode()
                )
    return digest.hexdigest()[:16]
