"""The job that sends many texts of a tenant, such as a bill to every customer: on a queue of its
own, so that no reply stands behind them."""

from workers.sending.send import send_text


def send_bulk(tenant_id: str, outbox_ids: str) -> None:
    """Send the texts that these rows of the outbox are about; their ids have commas between them.
    Never raises, as `send_text`."""
    for outbox_id in outbox_ids.split(","):
        send_text(tenant_id, outbox_id)
