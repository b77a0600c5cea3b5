"""What the harness needs beyond what answering needs."""

from __future__ import annotations

from importlib.util import find_spec

from eval.errors import EvalError

_NEEDED = ("filelock", "httpx", "jinja2", "matplotlib", "scipy")


def check_extras() -> None:
    """Raises `EvalError` that names the extra where a package of it is missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise EvalError(
            f"`dateline eval` needs {', '.join(missing)}: install the extra, "
            "pip install 'dateline[eval]'."
        )
