"""What may be asked for: a domain brings a `Kind` for each thing that two officers decide."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from core.approvals.errors import ApprovalError
from core.db.database import Tx
from core.security.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Request:
    """A request as written. `params` is what its kind needs to do it; `result` is what came of it;
    `decided_by` is None while it waits and where it expired."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    params: Mapping[str, Any]
    reason: str
    state: str
    requested_by: str
    decided_by: str | None
    result: Mapping[str, str]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What officers read before they decide: one line, and what is so before and after, by name."""

    what: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What approving it led to: `result` is kept with the request; `handover` is a secret that the
    approving officer reads once, and that is kept nowhere."""

    result: Mapping[str, str] = field(default_factory=dict)
    handover: str = field(default="", repr=False)


class Kind(ABC):
    """A kind of request.

    Class attributes: `name` as it is stored; `life_s`, how many seconds a request may wait;
    `decided_with`, the name of the permission that who decides it in the console has.
    All its functions work within the caller's transaction.
    """

    name: ClassVar[str]
    life_s: ClassVar[int]
    decided_with: ClassVar[str] = "approvals.decide"

    @abstractmethod
    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        """What it would change, as things are now. May raise ApprovalError where it cannot be done
        any more (`shown`)."""

    @abstractmethod
    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        """Do it: the second officer has approved. Raises ApprovalError where it cannot be done;
        then the request goes on waiting."""

    @abstractmethod
    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """It is being asked for: the person it is about may be texted. Raises ApprovalError where
        it could not be done."""


def shown(kind: Kind, tx: Tx, keys: Keyring, request: Request) -> Shown:
    """What a request would change; where it cannot be done any more, why: it can still be refused,
    and the others in a list with it can still be read."""
    try:
        return kind.show(tx, keys, request)
    except ApprovalError as refused:
        return Shown(kind.name.replace("_", " "), {}, {"cannot be done": str(refused)})
