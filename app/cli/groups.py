"""A group of commands whose help shows every description whole."""

import click

DESCRIPTION_CHARS = 1_000


class Group(click.Group):
    """click's, which would cut a description at the width of a line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(DESCRIPTION_CHARS)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
