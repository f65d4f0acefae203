"""What agents do that somebody should look at: signs of fraud, each with its reason.

A sign proves nothing and stops nothing. It is an alarm of the tenant's staff, who know the agent.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.db.database import Database, Tx

# So many deposits of one agent for one customer within an hour: one deposit, split for its fees,
# its commission, or below what needs the customer's word.
SPLIT_DEPOSITS: Final = 4
# So many different customers of one agent within a day who are all reached at one phone.
CUSTOMERS_AT_A_PHONE: Final = 4
# So many deposits within an hour: nobody counts so much cash.
DEPOSITS_AN_HOUR: Final = 60
# So often within a day an amount was put in and taken out as cash again at the same agent's.
ROUND_TRIPS: Final = 3
# So many customers within a day who took cash from another agent so soon after: they were there.
ABSENT_CUSTOMERS: Final = 3
ELSEWHERE_WITHIN: Final = "interval '15 minutes'"


@dataclass(frozen=True, slots=True)
class Signal:
    """`agent` is the agent's code, `reason` a word, `times` how often within its time."""

    tenant_id: uuid.UUID
    agent: str
    reason: str
    times: int

    @property
    def sentence(self) -> str:
        """For staff."""
        return sentence_of(self.reason, self.agent, self.times)


def sentence_of(reason: str, agent: str, times: int) -> str:
    """What was seen, for staff."""
    return _SENTENCES[reason].format(agent=agent, times=times)


_SENTENCES: Final = {
    "split_deposits": "agent {agent} put money in {times} times within an hour for one customer:"
    " one deposit that was split?",
    "one_phone": "agent {agent} put money in for {times} different people at one phone within a"
    " day: are they there?",
    "velocity": "agent {agent} put money in {times} times within an hour: more than anybody counts"
    " cash for",
    "round_trips": "agent {agent} put money in and gave the same amount out as cash {times} times"
    " within a day, for the same customer each: to earn by it?",
    "absent_customer": "agent {agent} put money in for {times} customers within a day who took cash"
    " from another agent minutes later: who brought the cash?",
    "own_number": "agent {agent} put money in {times} times within a day for somebody at the"
    " agent's own number: for themselves?",
}
_DEPOSITS: Final = (
    "SELECT subscriber_id AS agent_id, payee_id AS customer_id, amount_minor, ended_at FROM intent"
    " WHERE tenant_id = current_tenant() AND operation = 'topup' AND state = 'done'"
    " AND created_at > now() - interval '1 day'"
)
_SIGNS: Final = (
    f"WITH deposit AS MATERIALIZED ({_DEPOSITS}),"
    " lately AS (SELECT * FROM deposit WHERE ended_at > now() - interval '1 hour'),"
    " round AS (SELECT agent_id, customer_id, amount_minor, count(*) AS put_in, min(ended_at) AS at"
    "  FROM deposit GROUP BY agent_id, customer_id, amount_minor),"
    " cash AS (SELECT r.agent_id, r.customer_id, least(r.put_in, count(*)) AS times FROM round r"
    "  JOIN intent i ON i.tenant_id = current_tenant() AND i.operation = 'cash_out'"
    "   AND i.state = 'done' AND i.created_at > now() - interval '1 day'"
    "   AND i.payee_id = r.agent_id AND i.subscriber_id = r.customer_id"
    "   AND i.amount_minor = r.amount_minor AND i.ended_at > r.at"
    "  GROUP BY r.agent_id, r.customer_id, r.amount_minor, r.put_in),"
    " sign AS ("
    "  SELECT agent_id, 'split_deposits' AS reason, count(*) AS times FROM lately"
    f"  GROUP BY agent_id, customer_id HAVING count(*) >= {SPLIT_DEPOSITS}"
    "  UNION ALL SELECT agent_id, 'velocity', count(*) FROM lately"
    f"  GROUP BY agent_id HAVING count(*) >= {DEPOSITS_AN_HOUR}"
    "  UNION ALL SELECT d.agent_id, 'one_phone', count(DISTINCT d.customer_id) FROM deposit d"
    "  JOIN address a ON a.tenant_id = current_tenant() AND a.subscriber_id = d.customer_id"
    "   AND a.detached_at IS NULL"
    "  GROUP BY d.agent_id, a.channel, a.lookup"
    f"  HAVING count(DISTINCT d.customer_id) >= {CUSTOMERS_AT_A_PHONE}"
    "  UNION ALL SELECT agent_id, 'round_trips', sum(times)::bigint FROM cash"
    f"  GROUP BY agent_id, customer_id HAVING sum(times) >= {ROUND_TRIPS}"
    "  UNION ALL SELECT d.agent_id, 'absent_customer', count(DISTINCT d.customer_id)"
    "  FROM deposit d JOIN intent i ON i.tenant_id = current_tenant()"
    "   AND i.operation = 'cash_out' AND i.state = 'done'"
    "   AND i.created_at > now() - interval '1 day' AND i.subscriber_id = d.customer_id"
    "   AND i.payee_id <> d.agent_id AND i.ended_at > d.ended_at"
    f"   AND i.ended_at < d.ended_at + {ELSEWHERE_WITHIN}"
    f"  GROUP BY d.agent_id HAVING count(DISTINCT d.customer_id) >= {ABSENT_CUSTOMERS}"
    "  UNION ALL SELECT d.agent_id, 'own_number', count(*) FROM deposit d"
    "  WHERE EXISTS (SELECT FROM address o JOIN address c ON c.tenant_id = o.tenant_id"
    "   AND c.channel = o.channel AND c.lookup = o.lookup AND c.detached_at IS NULL"
    "   WHERE o.tenant_id = current_tenant() AND o.subscriber_id = d.agent_id"
    "   AND o.detached_at IS NULL AND c.subscriber_id = d.customer_id)"
    "  GROUP BY d.agent_id)"
    " SELECT g.code, s.reason, max(s.times) FROM sign s JOIN agent g"
    "  ON g.tenant_id = current_tenant() AND g.subscriber_id = s.agent_id"
    " GROUP BY g.code, s.reason ORDER BY g.code, s.reason"
)


def of_tenant(tx: Tx, tenant_id: uuid.UUID) -> list[Signal]:
    """The signs of the last day, one for each agent and reason: the one of most times."""
    return [Signal(tenant_id, *row) for row in tx.all(_SIGNS)]


def of_all(app: Database, relay: Database) -> Iterator[Signal]:
    """Those of each tenant whose agents looked a customer up lately. `relay` looks across tenants,
    `app` acts within one. Raises Unavailable."""
    with relay.transaction(None) as tx:
        tenants = tx.all(
            "SELECT DISTINCT tenant_id FROM lookup_hour WHERE hour > now() - interval '3 hours'"
            " ORDER BY 1"
        )
    for (tenant_id,) in tenants:
        with app.transaction(tenant_id) as tx:
            found = of_tenant(tx, tenant_id)
        yield from found
