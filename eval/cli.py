"""`dateline eval`: measure, compare, gate, and add cases.

Exit codes are those of `dateline` (0 done, 2 wrong usage, 3 an error that the message explains);
1 means that a run had failed cases, or that the gate did not pass.
"""

from __future__ import annotations

import typer

from eval import cli_annotate, cli_compare, cli_gate, cli_run

app = typer.Typer(
    name="eval",
    help="Measure how well questions are answered, and whether a change made it better.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def check() -> None:
    from eval.extras import check_extras

    check_extras()


app.command("run")(cli_run.run)
app.command("compare")(cli_compare.compare)
app.command("gate")(cli_gate.gate)
app.command("annotate")(cli_annotate.annotate)
