"""How Hubtel is tried."""

from providers.contracts.messages import Account
from providers.hubtel_money.fake import HubtelFake
from providers.hubtel_money.pay import HubtelPayments
from tests.support.payment_rig import Setting

ID, KEY = "hub1d", "hubk3y-0f1e"
OPTIONS = (("pos_sales_id", "11684"), ("prepaid_deposit_id", "11691"))

SETTING = Setting(
    fake=lambda later, send, clock: HubtelFake(
        *(later, send), accounts={ID: KEY}, clock=clock, seed=7
    ),
    account=lambda url: Account(ID, KEY, url, options=OPTIONS),
    payments=lambda account, _: HubtelPayments(account),
    currency="GHS",
    payer="+233244000105",
    payee="+233204000106",
    secrets=(KEY,),
    has_tokens=False,
    tells_failures=False,
)
