"""`piga`: one entry point. Commands are files beside this one, imported only when they run."""

import importlib

import click

from app.cli.groups import Group
from app.errors import OperatorError

COMMANDS = {
    "run": "app.cli.run:run",
    "web": "app.cli.processes:web",
    "live": "app.cli.processes:live",
    "worker": "app.cli.processes:worker",
    "relay": "app.cli.processes:relay",
    "wire": "app.cli.processes:wire",
    "cron": "app.cli.processes:cron",
    "fakes": "app.cli.processes:fakes",
    "migrate": "app.cli.migrate:migrate",
    "backup": "app.cli.backup:backup",
    "restore": "app.cli.restore:restore",
    "recover": "app.cli.recover:recover",
    "tenant": "app.cli.tenant:tenant",
    "orders": "app.cli.orders:orders",
    "pause": "app.cli.pause:pause",
    "resume": "app.cli.pause:resume",
    "alarms": "app.cli.alarms:alarms",
    "hooks": "app.cli.hooks:hooks",
    "phone": "app.cli.phone:phone",
    "check": "app.cli.check:check",
    "texts": "app.cli.texts:texts",
    "graph": "app.cli.graph:graph",
    "sql": "app.cli.sql:sql",
    "sms": "app.cli.sms:sms",
    "savings": "app.cli.savings:savings",
    "api-key": "app.cli.api_key:api_key",
    "fuel": "app.cli.fuel:fuel",
    "places": "app.cli.places:places",
    "ledger": "app.cli.ledger:ledger",
    "staff": "app.cli.staff:staff",
    "email": "app.cli.email:email",
    "audit": "app.cli.audit:audit",
    "approvals": "app.cli.approvals:approvals",
    "export": "app.cli.export:export",
    "expected": "app.cli.expected:expected",
    "exceptions": "app.cli.exceptions:exceptions",
    "payments": "app.cli.payments:payments",
    "reconcile": "app.cli.reconcile:reconcile",
    "trust": "app.cli.trust:trust",
    "broadcast": "app.cli.broadcast:broadcast",
    "events": "app.cli.events:events",
    "rates": "app.cli.rates:rates",
    "demo": "app.cli.demo:demo",
    "domain": "app.cli.domain:domain",
    "doctor": "app.cli.doctor:doctor",
}


class LazyGroup(Group):
    """Imports a command's module when it is named, so that `piga hooks` starts no Flask."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="piga")
def main() -> None:
    """Piga: one conversational server for every phone.

    Start with `piga run`; then dial from `piga phone`.
    """
