"""The folder of one run: what was run, and each case's outcome as soon as it is known.

    run.json         what is run: dataset, system, settings; a run is resumed only as the same
    outcomes.jsonl   a line for each case asked; of several for one case the last counts
    scores.json, report.html, report.md   written when all cases are through

A kill leaves at most a torn last line, which is dropped when the run is taken up again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError

from eval.errors import RunIncomplete, RunRefused
from eval.records import Outcome

_MANIFEST, _OUTCOMES, _LOCK, _NEW = "run.json", "outcomes.jsonl", ".lock", ".new"
_UNFINISHED = _MANIFEST + _NEW  #: what a kill at the very beginning may leave
#: What of the manifest makes a run that one and no other.
IDENTITY = (
    "dataset", "dataset_fingerprint", "cases", "cases_fingerprint",
    "system", "settings", "code", "in_full", "judge", "jobs", "timeout_s", "machine",
)  # fmt: skip


#: What the manifest of a run that is read has to tell.
_NEEDED = ("dataset", "dataset_fingerprint", "cases", "system", "settings")


class RunFolder:
    """One run's folder, owned by this process. From `opened`."""

    def __init__(self, folder: Path, manifest: dict[str, Any], outcomes: list[Outcome]) -> None:
        self.path = folder
        self.manifest = manifest
        self._outcomes = {one.case_id: one for one in outcomes}
        self._file = (folder / _OUTCOMES).open("a", encoding="utf-8")
        self._writing = Lock()

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """Case id → its outcome, of the cases that are through."""
        with self._writing:
            return dict(self._outcomes)

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome; a kill of this process after it returns loses it no more."""
        line = outcome.model_dump_json(exclude_defaults=True) + "\n"
        with self._writing:
            try:
                self._file.write(line)
                self._file.flush()
            except OSError as error:
                raise RunRefused(
                    f"{self.path} can't be written ({error.strerror}); make room and run the same "
                    "command again: it goes on from the cases that are kept."
                ) from None
            self._outcomes[outcome.case_id] = outcome

    def begin(self) -> None:
        """The run is not finished (any more): cases are asked."""
        self._set({key: value for key, value in self.manifest.items() if key != "finished"})

    def finish(self, when: str) -> None:
        """All cases are through."""
        self._set({**self.manifest, "finished": when})

    def _set(self, manifest: dict[str, Any]) -> None:
        if manifest != self.manifest:
            self.manifest = manifest
            _write(self.path / _MANIFEST, manifest)

    def close(self) -> None:
        with suppress(OSError):  # what could not be written was told when it was
            self._file.close()


@contextmanager
def opened(folder: Path, manifest: dict[str, Any], case_ids: Sequence[str]) -> Iterator[RunFolder]:
    """The folder for a new run, or for going on with the same one.

    Raises `RunRefused` where it holds another run or something else, is damaged, or is being
    written by another process.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunRefused(f"{folder} can't be made a run folder ({error.strerror}).") from None
    try:
        with FileLock(folder / _LOCK, timeout=0):
            run = _taken_up(folder, manifest, set(case_ids))
            try:
                yield run
            finally:
                run.close()
    except Timeout:
        raise RunRefused(f"{folder}: another process is running there.") from None
    except OSError as error:
        told = error.strerror or error
        raise RunRefused(f"{folder} can't be written or read ({told}).") from None


def finished(folder: Path) -> tuple[dict[str, Any], dict[str, Outcome]]:
    """Manifest and outcomes of a run that is through.

    Raises `RunRefused` for what is no run folder, `RunIncomplete` for a run that is not through.
    """
    manifest = _read_manifest(folder)
    if manifest is None:
        raise RunRefused(f"{folder} is not a run folder: it has no {_MANIFEST}.")
    outcomes, _ = _read_outcomes(folder)
    if not manifest.get("finished"):
        done = len({one.case_id for one in outcomes})
        raise RunIncomplete(
            f"{folder} is not finished, {done} of {manifest['cases']} cases are through; "
            "run the same command again and it goes on."
        )
    return manifest, {one.case_id: one for one in outcomes}


def _taken_up(folder: Path, manifest: dict[str, Any], case_ids: set[str]) -> RunFolder:
    known = _read_manifest(folder)
    if known is None:
        others = sorted(
            one.name for one in folder.iterdir() if one.name not in (_LOCK, _UNFINISHED)
        )
        if others:
            raise RunRefused(
                f"{folder} holds {others[0]!r} and no {_MANIFEST}, so it is not a run folder; "
                "name another with --out."
            )
        _write(folder / _MANIFEST, manifest)
        return RunFolder(folder, manifest, [])
    differing = [key for key in IDENTITY if known.get(key) != manifest.get(key)]
    if differing:
        told = "; ".join(f"{k}: {known.get(k)!r} there, {manifest.get(k)!r} now" for k in differing)
        raise RunRefused(f"{folder} holds another run ({told}). Name another with --out.")
    outcomes, whole = _read_outcomes(folder)
    strangers = [one.case_id for one in outcomes if one.case_id not in case_ids]
    if strangers:
        raise RunRefused(f"{folder} holds the case {strangers[0]!r}, which is not of this run.")
    path = folder / _OUTCOMES
    if path.exists() and path.stat().st_size > whole:
        with path.open("r+b") as file:
            file.truncate(whole)
    return RunFolder(folder, known, outcomes)


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / _MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise RunRefused(f"{path} can't be read ({error}); name another folder.") from None
    if not isinstance(manifest, dict) or not set(_NEEDED) <= manifest.keys():
        raise RunRefused(f"{path} is not a run's manifest; name another folder.")
    return manifest


def _read_outcomes(folder: Path) -> tuple[list[Outcome], int]:
    """The outcomes, and the length in bytes of the whole lines."""
    path = folder / _OUTCOMES
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise RunRefused(f"{path} can't be read ({error.strerror}).") from None
    whole = content.rfind(b"\n") + 1
    outcomes = []
    for number, line in enumerate(content[:whole].splitlines(), start=1):
        try:
            outcomes.append(Outcome.model_validate_json(line))
        except ValidationError:
            raise RunRefused(
                f"{path}:{number}: is not an outcome; delete the line and its case is asked again, "
                "or name another folder with --out."
            ) from None
    return outcomes, whole


def _write(path: Path, value: Any) -> None:
    """Replace a file at once, so that a kill leaves the old one or the new one."""
    temporary = path.with_name(path.name + _NEW)
    temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def write_json(folder: Path, name: str, value: Any) -> None:
    """A further file of the run, replaced at once."""
    _write(folder / name, value)


def missing_of(case_ids: Iterable[str], outcomes: dict[str, Outcome]) -> list[str]:
    """The cases still to be asked: those without an outcome, and those that gave an error, or
    whose judge did."""
    return [one for one in case_ids if one not in outcomes or _has_failed(outcomes[one])]


def _has_failed(outcome: Outcome) -> bool:
    judged = outcome.verdict
    return outcome.error is not None or (judged is not None and judged.error is not None)


def outcomes_digest(folder: Path) -> str:
    """Of the outcomes as they are, to tell whether figures are theirs."""
    return hashlib.sha256((folder / _OUTCOMES).read_bytes()).hexdigest()[:16]
