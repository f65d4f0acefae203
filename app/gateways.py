"""The USSD gateways of this installation: ours, and those in folders that `PIGA_GATEWAYS` names."""

from functools import cache

from app.errors import OperatorError
from app.settings import gateway_folders
from providers import registry


@cache
def load() -> None:
    """Make the gateways of folders known to the registry. Raises OperatorError with all that is
    wrong with them."""
    folders = gateway_folders()
    if not folders:
        return
    from providers.ussd_http.source import GatewayFaults

    faults: list[str] = []
    try:
        for name in registry.add_gateways(folders):
            try:
                registry.find(name)
            except GatewayFaults as wrong:
                faults += wrong.faults
    except registry.GatewayConflict as conflict:
        faults.append(f"{conflict}.")
    if faults:
        raise OperatorError("\n".join(f"PIGA_GATEWAYS: {fault}" for fault in faults))
