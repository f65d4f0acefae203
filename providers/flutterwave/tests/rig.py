"""How Flutterwave is tried."""

from providers.contracts.messages import Account
from providers.flutterwave.fake import FlutterwavePaymentsFake
from providers.flutterwave.pay import FlutterwavePayments
from tests.support.payment_rig import Setting

SECRET, HASH = "FLWSECK-0f1e2d3c", "a-w0rd-of-both"
OPTIONS = (("country", "KE"), ("email_domain", "pay.piga.example"))

SETTING = Setting(
    fake=lambda later, send, clock: FlutterwavePaymentsFake(
        *(later, send), accounts={"impuye": SECRET}, secret_hash=HASH, clock=clock, seed=7
    ),
    account=lambda url: Account("impuye", SECRET, url, signing_secrets=(HASH,), options=OPTIONS),
    payments=lambda account, _: FlutterwavePayments(account),
    currency="KES",
    payer="+254712000105",
    payee="+254712000106",
    secrets=(SECRET, HASH),
    has_tokens=False,
)
