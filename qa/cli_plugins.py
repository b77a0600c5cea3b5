"""Commands from outside this package: entry points of the group `dateline.commands`.

They are looked for only when a command is called that is not one of ours, or when all are listed,
so that `dateline ask` does not pay for it. This is how `dateline eval` comes in although nothing
here knows of the harness.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import typer
from typer.core import TyperCommand, TyperGroup

GROUP = "dateline.commands"


class CommandGroup(TyperGroup):
    """Our commands, and behind them those of other packages. Ours win over theirs."""

    def list_commands(self, ctx: typer.Context) -> list[str]:
        return list(dict.fromkeys([*super().list_commands(ctx), *sorted(_others())]))

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:
        ours = super().get_command(ctx, cmd_name)
        if ours is not None:
            return ours
        other = _others().get(cmd_name)
        if other is None:
            return None
        app = other.load()
        return typer.main.get_command(app) if isinstance(app, typer.Typer) else app


def _others() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}
