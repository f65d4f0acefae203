"""Samples of payments by mobile money."""

from dataclasses import replace
from types import MappingProxyType

from checks import samples
from checks.samples import (
    AMOUNT_MINOR,
    AT,
    CALLER,
    CURRENCY,
    GROUP_NAMES,
    ID,
    MOST_MINOR,
    WALLETS,
)
from checks.scenario import Goal, Samples, Scenario, at_the_phone, refused_with
from core.money.errors import InsufficientFunds
from core.payments import beginning, codes, missing, wallets
from core.payments.beginning import Asked
from core.payments.codes import CodeDue
from core.payments.errors import NoCodeWanted, TooManyReports, WalletAway
from core.payments.messages import DialToPay
from core.payments.missing import Arrived
from core.payments.own_payment import EXPECTED_H, expect_own_payment
from core.people import people
from core.savings.contributions import CONTRIBUTE
from values.money import Money

ASKED = Asked(Money(AMOUNT_MINOR, CURRENCY), WALLETS[0]["name"])
TOLD = DialToPay(
    dial=f"*182*8*1*0123456789*{MOST_MINOR}#",
    hours=EXPECTED_H,
    amount=Money(AMOUNT_MINOR, CURRENCY),
    what=GROUP_NAMES[0],
    reference="KHM4PX",
)

CODE_DUE = CodeDue(ID, Money(MOST_MINOR, CURRENCY), WALLETS[0]["code"])

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            beginning.begin_collection: lambda *_, **__: ASKED,
            beginning.begin_payout: lambda *_, **__: ASKED,
            wallets.away: lambda _kind: frozenset(),
            codes.due_of: lambda _id: CODE_DUE,
            codes.give: samples.nothing,
            expect_own_payment: lambda **_: TOLD,
            missing.arrived: lambda *_: None,
            missing.report: lambda *_: AT,
        }
    ),
    scenarios=(
        # What is answered is the same; where files can be sent, one is asked for.
        Scenario("where files are sent", {missing.report: lambda *_: AT}, channel="whatsapp"),
        Scenario(
            "money that is there",
            {missing.arrived: lambda *_: Arrived(Money(AMOUNT_MINOR, CURRENCY), AT)},
        ),
        Scenario(
            "many reports wait",
            {missing.report: refused_with(TooManyReports(most=missing.OPEN_MAXIMUM))},
        ),
        Scenario("a code is due", {people.identify: at_the_phone(replace(CALLER, code_due=True))}),
        Scenario(
            "a code came too late",
            {
                people.identify: at_the_phone(replace(CALLER, code_due=True)),
                codes.give: refused_with(NoCodeWanted()),
            },
        ),
        Scenario(
            "wallets with too little",
            {
                CONTRIBUTE.pay: refused_with(
                    InsufficientFunds(available_minor=AMOUNT_MINOR, currency=CURRENCY)
                )
            },
        ),
        Scenario(
            "no provider answers",
            {
                CONTRIBUTE.pay: refused_with(
                    InsufficientFunds(available_minor=AMOUNT_MINOR, currency=CURRENCY)
                ),
                wallets.away: lambda _kind: frozenset(
                    wallets.service_id(ID, each) for each in WALLETS
                ),
                beginning.begin_collection: refused_with(WalletAway(wallet=WALLETS[0]["name"])),
                beginning.begin_payout: refused_with(WalletAway(wallet=WALLETS[0]["name"])),
            },
        ),
    ),
    # Whoever has no picture is asked for the ID.
    goals=MappingProxyType({"missing_money": Goal(messages=6, segments=6)}),
    values=MappingProxyType(
        {
            "provider": WALLETS[0]["name"],
            "dial": TOLD.dial,
            "source": "*110#",
            "page": f"https://checkout.example/{'x' * 80}",
            "hours": TOLD.hours,
            "what": TOLD.what,
        }
    ),
)
