"""`dateline doctor`: look a data folder over."""

from __future__ import annotations

import json

import typer

from qa.cli_options import Data, Json


def doctor(data: Data = None, as_json: Json = False) -> None:
    """Check every file and row of the data folder, changing nothing.

    Exits with 1 when something is wrong. What is derived (vectors, lexical index) is put
    right by the next command that opens the folder; a damaged catalogue needs a backup.
    """
    from index.inspect import inspect
    from qa.settings import read_settings

    settings = read_settings({"data": data})
    problems = inspect(settings.index)
    if as_json:
        print(json.dumps({"data": str(settings.data), "problems": problems}, ensure_ascii=False))
    elif problems:
        for problem in problems:
            print(problem)
    else:
        print(f"{settings.data}: catalogue, vector index and lexical index are sound and agree.")
    raise typer.Exit(1 if problems else 0)
