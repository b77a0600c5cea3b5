"""The command line, `dateline`.

Exit codes: 0 done (for `ask`: answered or partly), 1 done but something was rejected or
found wrong, 2 wrong usage, 3 an error that the message explains, 4 the articles do not
answer the question, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import typer

from index.errors import DatelineError
from qa import cli_articles, cli_ask, cli_chat, cli_doctor, cli_index, cli_serve
from qa.cli_plugins import CommandGroup

ERROR = 3
INTERRUPTED = 130

app = typer.Typer(
    name="dateline",
    cls=CommandGroup,
    help="Ask a set of news articles, and see the passages that prove the answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("index")(cli_index.index)
app.command("ask")(cli_ask.ask)
app.command("chat")(cli_chat.chat)
app.command("search")(cli_ask.search)
app.add_typer(cli_articles.app, name="articles")
app.command("serve")(cli_serve.serve)
app.command("doctor")(cli_doctor.doctor)


def main() -> None:
    """Run a command; every error of ours is one line that says what to do."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a path may hold what is no text
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except DatelineError as error:
        from qa.show import plain

        # What a file or a service sent may stand in it.
        print(f"dateline: {plain(str(error))}", file=sys.stderr)
        sys.exit(ERROR)
    except KeyboardInterrupt:
        print("dateline: interrupted; what was acknowledged is kept", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, say) has gone: nothing more to say, and nothing to warn about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ERROR)


if __name__ == "__main__":
    main()
