"""Wordings that no format has: read where the grammar leaves no doubt, else kept as unknown."""

import pytest

from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation, Reading

# sender, text, then kind, direction, amount, name and id
READ = [
    # A sentence that a format has, behind a greeting or a date of its own.
    (
        "127",
        "Dear Selam,\nYou have received ETB 420.00 by transaction number DIT48LM5HM on "
        "2026-09-30 08:52:33 from Abay Bank SC to your telebirr Account 251911000111 - Selam. "
        "Your current balance is ETB 470.75.",
        ("bank", "in", "420", "Abay Bank SC", "DIT48LM5HM"),
    ),
    (
        "M-PESA",
        "DH8C7263CF Confirmed. On 8/8/26, 8:41 pm Receive Tsh15,000.00 from NEEMA JUMA "
        "New balance is Tsh15,000.11.",
        ("received", "in", "15000", "NEEMA JUMA", "DH8C7263CF"),
    ),
    # A sentence that no format has: its verb says one thing.
    (
        "AirtelMoney",
        "Wallet update: money sent UGX 4,100 to AKELLO ROSE. Bal UGX 900. TID 150111222333.",
        ("sent", "out", "4100", "AKELLO ROSE", "150111222333"),
    ),
    (
        "M-PESA",
        "Taarifa, leo Tsh 7,500 umetoa kwa wakala MAMA ZAWADI. Muamala No. MI260406.1141.Q03294",
        ("withdrawal", "out", "7500", "MAMA ZAWADI", "MI260406.1141.Q03294"),
    ),
    (
        "OrangeMoney",
        "Info, vous venez de payer: paiement de 2 500 FCFA chez BOULANGERIE DU PONT. "
        "ID transaction: OM-987456124.",
        ("payment", "out", "2500", "BOULANGERIE DU PONT", "OM-987456124"),
    ),
]
NOT_READ = [
    # No id: nothing proves it.
    ("AirtelMoney", "Wallet update: money sent UGX 4,100 to AKELLO ROSE. Bal UGX 900."),
    # Two amounts: which one was moved?
    (
        "AirtelMoney",
        "Wallet update: money sent UGX 4,100 or UGX 4,200 to AKELLO ROSE. TID 150111222333.",
    ),
    # Two things happened.
    (
        "AirtelMoney",
        "Wallet update: withdrawn UGX 4,100 and sent to AKELLO ROSE. TID 150111222333.",
    ),
    # What somebody else says, was asked, or may get one day.
    ("M-Money", "Keza said: You have received 900 RWF from Keza. FT Id: 123456789."),
    (
        "MTNMobMoney",
        "Beware! Messages like 'You have received UGX 500,000 from ...' with ID: 12345678901 "
        "are not ours.",
    ),
    ("AirtelMoney", "Dear Customer, ACEN ROSE has received UGX 75,000. TID 149730999999."),
    ("M-Money", "Payment of 5,000 RWF received by KIOSK. TxId: 12345678901."),
    ("OrangeMoney", "Votre client 691234567 a recu 5000 FCFA. ID transaction: OM-987456123."),
    ("M-PESA", "Ndugu mteja, utapokea Tsh 5,000 kutoka kwa JUMA. Muamala No. MI240406.1141.Q03294"),
    ("MTNMobMoney", "Y'ello. You have received a request of UGX 75,000 from ROSE. ID: 149730999."),
    ("MTN MoMo", "Your account will be credited with 50,000 RWF from MTN. Ref: WIN123456"),
    ("AirtelMoney", "An amount of UGX 5,000 credited to your wallet was reversed. TID 1234567890."),
]  # fmt: skip


def of(sender: str, text: str) -> Reading:
    return read(Confirmation(sender=sender, text=text))


@pytest.mark.parametrize(("sender", "text", "said"), READ)
def test_a_new_wording_is_read(sender: str, text: str, said: tuple[str, ...]) -> None:
    found = of(sender, text)
    data = found.to_data()
    names = ("kind", "direction", "amount", "counterparty_name", "txid")
    assert tuple(data[name] for name in names) == said
    assert found.accept, found.reasons


@pytest.mark.parametrize(("sender", "text"), NOT_READ)
def test_what_is_doubtful_is_no_evidence(sender: str, text: str) -> None:
    found = of(sender, text)
    assert not found.accept
    assert found.kind not in {"received", "deposit", "bank", "sent", "payment", "withdrawal"}


@pytest.mark.parametrize(("sender", "text", "said"), READ)
def test_from_a_stranger_it_is_a_spoof(sender: str, text: str, said: tuple[str, ...]) -> None:
    found = of("+256700000001", text)
    assert not found.accept
    assert found.spoof
