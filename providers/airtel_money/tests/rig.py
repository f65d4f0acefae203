"""How Airtel is tried."""

from providers.airtel_money.fake import AirtelFake
from providers.airtel_money.pay import AirtelPayments
from providers.contracts.messages import Account
from tests.support.payment_rig import Setting

CLIENT, SECRET, PIN, PRIVATE_KEY = "cl1ent", "s3cret-of-client", "4071", "pr1vate-key"
OPTIONS = (("country", "RW"), ("pin", PIN))

SETTING = Setting(
    fake=lambda later, send, clock: AirtelFake(
        *(later, send),
        accounts={CLIENT: SECRET},
        pin=PIN,
        private_key=PRIVATE_KEY,
        clock=clock,
        seed=7,
    ),
    account=lambda url: Account(
        *(CLIENT, SECRET, url), signing_secrets=(PRIVATE_KEY,), options=OPTIONS
    ),
    payments=AirtelPayments,
    currency="RWF",
    payer="+250733000105",
    payee="+250733000106",
    secrets=(SECRET, PIN, PRIVATE_KEY),
)
