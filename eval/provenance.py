"""What code a run was made with."""

from __future__ import annotations

import hashlib
from pathlib import Path

#: Packages whose code decides what is answered.
_ANSWERING = ("index", "qa", "prompts")
_ROOT = Path(__file__).resolve().parents[1]


def code_fingerprint() -> str:
    """Of the code and prompts that answer, 16 hexadecimal digits.

    The version of the package stays the same while somebody works on it; this does not, so that
    a run is never gone on with by other code.
    """
    digest = hashlib.sha256()
    for package in _ANSWERING:
        for file in sorted((_ROOT / package).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                name = file.relative_to(_ROOT).as_posix()
                digest.update(
                    f"{name}\x1f{hashlib.sha256(file.read_bytes()).hexdigest()}\x1e".encode()
                )
    return digest.hexdigest()[:16]
