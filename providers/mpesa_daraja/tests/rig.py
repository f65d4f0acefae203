"""How Daraja is tried."""

from providers.contracts.messages import Account
from providers.mpesa_daraja.fake import DarajaFake
from providers.mpesa_daraja.pay import DarajaPayments
from tests.support.payment_rig import Setting

KEY, SECRET, PASSKEY, CREDENTIAL = "c0nsumer", "c0nsumer-s3cret", "p4sskey-bfb2", "Y3JlZGVudGlhbA=="
OPTIONS = (
    ("shortcode", "600638"),
    ("passkey", PASSKEY),
    ("initiator", "piga"),
    ("security_credential", CREDENTIAL),
)

SETTING = Setting(
    fake=lambda later, send, clock: DarajaFake(
        *(later, send), accounts={KEY: SECRET}, passkey=PASSKEY, clock=clock, seed=7
    ),
    account=lambda url: Account(KEY, SECRET, url, options=OPTIONS),
    payments=DarajaPayments,
    currency="KES",
    payer="+254712000105",
    payee="+254712000106",
    secrets=(SECRET, PASSKEY, CREDENTIAL),
    knows_references=False,
    disburses=False,  # its status does not say what became of a payout
)
