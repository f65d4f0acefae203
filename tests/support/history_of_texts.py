"""What phones forwarded and what was made of it, in a database with a history."""

from datetime import timedelta

from core.money.purposes import Payee
from core.payments import devices, expected, tokens
from core.payments.devices import Wallet
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock
from values.money import Money


def what_phones_forward(tenant: UssdTenant) -> None:
    """A phone with a new secret; a text that was credited, one that nobody can place, one that
    somebody has in hand; what somebody said they would pay; a day that was closed."""
    group = tenant.one("SELECT group_id FROM membership LIMIT 1")[0]
    payee = Payee("contribution", tenant.id_of("uwera"), group)
    wallet = Wallet("W", "mtn-rw", "RWF", is_polled=True, purpose=payee.purpose, subject_id=group)
    added = tenant.change(devices.add, KEYS, tenant.tenant_id, "counter", wallet, actor="test")
    tenant.change(devices.rotate, KEYS, "counter", actor="test")
    tenant.admin.execute("UPDATE text_device SET balance_minor = 900, seen_at = now()")
    tenant.change(tokens.token_of, payee)
    until = clock.now() + timedelta(days=1)
    tenant.change(expected.expect, payee, Money(800, "RWF"), until=until, wallet="W")
    tenant.admin.execute(
        "UPDATE expected_payment SET movement_id = gen_random_uuid(), state = 'met'"
    )
    tenant.admin.execute(
        "INSERT INTO payment_text (tenant_id, id, device_id, digest, body_sealed, received_at,"
        " happened_at, kind, direction, accept, parser, txid, amount_minor, balance_minor, state,"
        " flags, ended_at) SELECT %s, gen_random_uuid(), %s, decode(md5(s), 'hex'), '\\x01', now(),"
        " now(), 'received', 'in', s = 'credited', 'mtn-rw', s, 800, 900, s, '{copy}', now()"
        " FROM unnest('{stored,set_aside,credited}'::text[]) s",
        (tenant.tenant_id, added.id),
    )
    tenant.admin.execute(
        "INSERT INTO payment_exception (tenant_id, id, text_id, movement_id, wallet, provider_txid,"
        " amount_minor, currency, happened_at, reason, suggestions, state, owner, claimed_at,"
        " ended_at) SELECT %s, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'W', s,"
        " 800, 'RWF', now(), 'nobody fits', '[{}]', s, 'ann', now(), now()"
        " FROM unnest('{claimed,dismissed}'::text[]) s",
        (tenant.tenant_id,),
    )
    tenant.admin.execute(
        "INSERT INTO missing_money (tenant_id, id, subscriber_id, amount_minor, currency, txid,"
        " file_id, state, answer_by, ended_at) SELECT %s, gen_random_uuid(), %s, 800, 'RWF', 'T1',"
        " gen_random_uuid(), s, now(), now() FROM unnest('{open,found}'::text[]) s",
        (tenant.tenant_id, tenant.id_of("uwera")),
    )
    tenant.admin.execute(
        "INSERT INTO reconciliation (tenant_id, id, wallet, currency, day, figures, sheet_digest,"
        " signature, sheet, closed_by) VALUES (%s, gen_random_uuid(), 'W', 'RWF', '2026-11-19',"
        " '{\"ours\": 1}', '\\x01', '\\x02', 'class', 'ann')",
        (tenant.tenant_id,),
    )
    tenant.admin.execute(
        "INSERT INTO trust_balance (tenant_id, id, account, currency, balance_minor, as_of,"
        " said_by) VALUES (%s, gen_random_uuid(), 'BANK', 'RWF', 5000, now(), 'ann')",
        (tenant.tenant_id,),
    )
    tenant.admin.execute(
        "INSERT INTO payment_hint (tenant_id, id, wallet_service_id, provider_id, reference, said,"
        " provider_txid, amount_minor, currency) VALUES (%s, gen_random_uuid(), gen_random_uuid(),"
        " 'ws_1', gen_random_uuid(), 'paid', 'X1', 800, 'RWF')",
        (tenant.tenant_id,),
    )
