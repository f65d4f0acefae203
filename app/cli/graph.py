"""`piga graph`: flows and menu trees as Mermaid."""

from collections.abc import Iterator
from pathlib import Path

import click

from app.errors import OperatorError
from app.settings import CHECKOUT

FIXTURES = CHECKOUT / "fixtures" / "tenants"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="A file each.")
@click.option("--docs", is_flag=True, help="Write what docs/reference has of them again.")
def graph(names: tuple[str, ...], out: Path | None, docs: bool) -> None:
    """Draw flows and menu trees as Mermaid.

    NAMES are flows, tenants of the demo, or folders of tenants; without any, all flows and the
    demo's menus. Mermaid is shown by most places that show Markdown.
    """
    if docs:
        from app.operations import reference

        for path in reference.write():
            click.echo(f"{path.relative_to(CHECKOUT)}")
        return
    charts = dict(_charts(names))
    if out is None:
        for name, chart in charts.items():
            click.echo(f"%% {name}\n{chart}")
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, chart in charts.items():
        (out / f"{name}.mmd").write_text(chart, encoding="utf-8")
    click.echo(f"{len(charts)} charts in {out}.")


def _charts(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    from app import domains
    from engine.graph import mermaid

    flows = domains.load().flows

    for name in names or (*flows, *sorted(path.name for path in FIXTURES.iterdir())):
        folder = FIXTURES / name if (FIXTURES / name).is_dir() else Path(name)
        if name in flows:
            yield f"flow-{name}", mermaid(flows[name])
        elif folder.is_dir():
            yield from _menus(folder)
        else:
            known = ", ".join(flows)
            raise OperatorError(f"There is no flow and no folder {name}. Flows: {known}.")


def _menus(folder: Path) -> Iterator[tuple[str, str]]:
    from menus.graph import mermaid
    from menus.tree_reading import BadTree, read_yaml

    for path in sorted(folder.glob("menu*.yaml")):
        try:
            chart = mermaid(read_yaml(path.read_text(encoding="utf-8")))
        except BadTree as bad:
            raise OperatorError(f"{path}: {bad}") from None
        yield f"{path.stem}-{folder.name}", chart
