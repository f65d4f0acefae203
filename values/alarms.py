"""An alarm: something that a person must look at. Raised by one call, from every room.

It is a line of the log that begins with ALARM, and a row where the process keeps alarms
(`core.alarms`): the same kind and subject again add to the count of the row that is open.
"""

import logging
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alarm:
    """`kind` is a word such as `wrong_pins`; `subject` what it is about, and few of them, since
    each has a row of its own: an account, a task, never a person or a message. `tenant_id` None is
    the installation's."""

    kind: str
    subject: str
    sentence: str
    tenant_id: uuid.UUID | None = None


def raise_alarm(
    log: logging.Logger,
    kind: str,
    subject: str,
    sentence: str,
    *,
    tenant_id: uuid.UUID | None = None,
    fault: BaseException | None = None,
) -> None:
    """Raise an alarm. It never fails and waits for nothing. No secret and no personal data belong
    in it; `fault` explains it in a demo's log."""
    alarm = Alarm(kind, subject, sentence, tenant_id)
    log.error("ALARM %s", sentence, extra={"alarm": alarm, "fault": fault})
