"""`piga savings shareouts`: how savings groups share their funds out."""

import contextlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.groups import Group
from app.cli.savings_parts import JSON, TENANT, group_of, today_and_currency
from app.errors import OperatorError
from app.operations.persons import person_at
from app.operations.servers import Core
from app.operations.tenant_tx import acting
from core.db.database import LONGEST_TURN_S, Tx
from values.currencies import written
from values.refusals import BusinessError

_GROUP = click.option("--group", "code", required=True, help="The group's code.")
_BY = click.option(
    *("--by", "number"), metavar="NUMBER", required=True, help="Who of the committee does it."
)


@contextlib.contextmanager
def _acting(slug: str, within_s: float = LONGEST_TURN_S) -> Iterator[tuple[Core, Tx]]:
    """As `acting`; what is refused is told in its own sentence."""
    try:
        with acting(slug, within_s) as found:
            yield found
    except BusinessError as refused:
        raise OperatorError(_sentence(refused)) from None


def _sentence(refused: BusinessError) -> str:
    params = {"office": "the office", **refused.params}
    currency = params.get("currency", "")
    shown = {
        key.removesuffix("_minor"): written(value, currency) if key.endswith("_minor") else value
        for key, value in params.items()
    }
    return refused.sentence.format(**shown)


@click.group(cls=Group)
def shareouts() -> None:
    """Share-outs of savings groups: asked of the group, frozen by one, paid by another one."""


def _member(core: Core, tx: Tx, number: str) -> uuid.UUID:
    return person_at(tx, core.keys, number, None)


@shareouts.command("preview")
@TENANT
@_GROUP
@JSON
def preview(*, slug: str, code: str, as_json: bool) -> None:
    """Show what would be paid today. Changes nothing.

    Members stand by their ids: names are not shown.
    """
    from core.loans import sharing
    from core.savings import share_outs

    with _acting(slug) as (_, tx):
        today, currency = today_and_currency(tx)
        group_id = group_of(tx, code)
        row = share_outs.find(tx, group_id)
        if row is not None and row.state in ("proposed", "frozen"):
            made = sharing.preview_of(tx, row, row.frozen_on or today)
        else:
            made = sharing.preview(tx, group_id, currency, today)
    plan = made.plan
    parts = [
        {
            "member": str(one.member),
            "saved_minor": one.saved_minor,
            "part_minor": one.part_minor,
            "netted_minor": one.netted_minor,
            "cash_minor": one.cash_minor,
            "wallet_minor": one.wallet_minor,
            "rounded_minor": one.rounded_minor,
            "is_short": one.is_short,
        }
        for one in plan.parts
    ]
    if as_json:
        whole = {"fund_minor": plan.fund_minor, "carry_over_minor": plan.carry_over_minor}
        click.echo(json.dumps({**whole, "currency": currency, "parts": parts}))
        return
    for part in parts:
        click.echo("  ".join(str(value) for value in part.values()))
    click.echo(f"shared out {plan.fund_minor}, carried over {plan.carry_over_minor}")


@shareouts.command("propose")
@TENANT
@_GROUP
@_BY
@click.option("--social-fund/--no-social-fund", "social", default=None, help="Else by the rules.")
def propose(*, slug: str, code: str, number: str, social: bool | None) -> None:
    """Ask the group's members to vote on it."""
    from core.loans import sharing

    with _acting(slug) as (core, tx):
        today, currency = today_and_currency(tx)
        about = {"group_id": group_of(tx, code), "by": _member(core, tx, number)}
        sharing.propose(tx, **about, today=today, currency=currency, with_social=social)
    click.echo("Every member is texted and votes by phone.")


@shareouts.command("freeze")
@TENANT
@_GROUP
@_BY
def freeze(*, slug: str, code: str, number: str) -> None:
    """Write down what each one gets, and hold everything as it is."""
    from core.loans import sharing

    with _acting(slug) as (core, tx):
        today, _currency = today_and_currency(tx)
        about = {"group_id": group_of(tx, code), "by": _member(core, tx, number)}
        sharing.freeze(tx, **about, today=today)
    click.echo("Frozen. Now another one of the committee pays it.")


@shareouts.command("pay")
@TENANT
@_GROUP
@_BY
def pay(*, slug: str, code: str, number: str) -> None:
    """Pay what was frozen: another one than who froze it."""
    from core.loans import share_out_paying

    with _acting(slug) as (core, tx):
        about = {"group_id": group_of(tx, code), "by": _member(core, tx, number)}
        done = share_out_paying.pay(tx, **about)
    for what, money in (
        ("in cash", done.cash),
        ("to wallets", done.wallets),
        ("carried over", done.carry_over),
    ):
        click.echo(f"{what}  {written(money.amount_minor, money.currency)}")


@shareouts.command("close")
@TENANT
@_GROUP
@_BY
def close(*, slug: str, code: str, number: str) -> None:
    """Everybody has theirs: close the cycle, and open the next one."""
    from core.loans import share_out_paying

    with _acting(slug) as (core, tx):
        today, _currency = today_and_currency(tx)
        about = {"group_id": group_of(tx, code), "by": _member(core, tx, number)}
        opened = share_out_paying.close(tx, **about, today=today)
    click.echo(f"The next cycle is {opened.valid_from} to {opened.valid_until}.")


@shareouts.command("cancel")
@TENANT
@_GROUP
@_BY
@click.option("--reason", required=True, help="Kept in the audit trail.")
def cancel(*, slug: str, code: str, number: str, reason: str) -> None:
    """Not now: nothing is paid, and what was held is free again."""
    from core.loans import sharing

    with _acting(slug) as (core, tx):
        about = {"group_id": group_of(tx, code), "by": _member(core, tx, number)}
        sharing.cancel(tx, **about, reason=reason)
    click.echo("Cancelled. Nothing was paid.")


@shareouts.command("document")
@TENANT
@_GROUP
@click.option("--language", default="en", show_default=True, help="Such as rw.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def document(*, slug: str, code: str, language: str, out: Path) -> None:
    """Write the newest share-out that was frozen as a PDF, a row for each member.

    The file is for you alone (0600), and that it was taken is in the audit trail.
    """
    from app.operations import share_out_files
    from app.operations.exporting import write_private
    from app.operations.tenants import operator
    from menus.languages import LANGUAGES

    if language not in LANGUAGES:
        raise OperatorError(f"There are these languages: {', '.join(LANGUAGES)}.")
    with write_private(out) as file, _acting(slug) as (core, tx):
        group_id = group_of(tx, code)
        content = share_out_files.pdf(tx, core.keys, group_id, language=language, by=operator())
        file.write(content)
    click.echo(f"{out}: {len(content):,} bytes.")
