"""How Paystack is tried."""

from providers.contracts.messages import Account
from providers.paystack.fake import PaystackFake
from providers.paystack.pay import PaystackPayments
from tests.support.payment_rig import Setting

SECRET = "sk_test_0f1e2d3c"
OPTIONS = (("country", "GH"), ("email_domain", "pay.piga.example"))

SETTING = Setting(
    fake=lambda later, send, clock: PaystackFake(
        *(later, send), accounts={"impuye": SECRET}, clock=clock, seed=7
    ),
    account=lambda url: Account("impuye", SECRET, url, options=OPTIONS),
    payments=lambda account, _: PaystackPayments(account),
    currency="GHS",
    payer="+233244000105",
    payee="+233264000106",
    secrets=(SECRET,),
    has_tokens=False,
)
