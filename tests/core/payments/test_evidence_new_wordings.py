"""Wordings that no format has: read where the grammar leaves no doubt, else kept as unknown."""

import pytest

from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation, Reading

# sender, text, then kind, direction, amount, name and id
READ: list[tuple[str, str, tuple[str | None, ...]]] = [
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
    # An id without a label, where the text begins.
    (
        "Zamtel Money",
        "PP260801.1001.Z00111 You have received K150.00 from 0950112233 NATASHA LUNGU. "
        "Your balance is K181.00.",
        ("received", "in", "150", "NATASHA LUNGU", "PP260801.1001.Z00111"),
    ),
    (
        "ZamtelMoney",
        "PP260512.1530.Z00911 You have withdrawn ZMW 100.00 from agent LUSAKA MINI MART 120033. "
        "Fee ZMW 2.50. Balance ZMW 77.00.",
        ("withdrawal", "out", "100", "LUSAKA MINI MART", "PP260512.1530.Z00911"),
    ),
    # A time behind "kuri"; what was paid "went well".
    (
        "M-Money",
        "Wakiriye 10000 RWF avuye kuri Diane INGABIRE (*********903) kuri 2026-04-01 11:20:09. "
        "Usigaranye: 14500 RWF. FT Id: 27100455120",
        ("received", "in", "10000", "Diane INGABIRE", "27100455120"),
    ),
    (
        "M-Money",
        "TxId:27110300221*S*Kwishyura 4,000 RWF kuri BOUTIQUE MARIE 71233 byagenze neza kuri "
        "2026-04-03 17:31:10. Usigaranye: 12,300 RWF. Ikiguzi 0 RWF.*RW#",
        ("payment", "out", "4000", "BOUTIQUE MARIE", "27110300221"),
    ),
    # What stands first says which; an agent by the till's number; another network before a number.
    (
        "Airtel Money",
        "AIRTIME. TID 130011122244. UGX 2,000 for 0752112233. Bal UGX 510,004.",
        ("airtime", "out", "2000", None, "130011122244"),
    ),
    (
        "M-PESA",
        "DGI81K2L5P1 Confirmed. On 4/8/26 at 9:00 AM Give Tsh30,000.00 to 332211 - MWAKA SHOP. "
        "New M-Pesa balance is Tsh76,850.00.",
        ("deposit", "in", "30000", "MWAKA SHOP", "DGI81K2L5P1"),
    ),
    (
        "M-PESA",
        "DHI91AB2C5F Confirmed. You have received Tsh40,000.00 from MIXX BY YAS - 255711223344 "
        "SALUM BAKARI on 10/8/26 at 9:30 AM. New M-Pesa balance is Tsh45,000.00.",
        ("received", "in", "40000", "SALUM BAKARI", "DHI91AB2C5F"),
    ),
    (
        "EcoCash",
        "EcoCash: Transfer Confirmation. USD 5.00 to RUDO NCUBE 0773112233. Approval Code: "
        "PP260805.0900.E11223. Charges: USD 0.10. New wallet balance: USD 19.40.",
        ("sent", "out", "5", "RUDO NCUBE", "PP260805.0900.E11223"),
    ),
    # An id with a line below; a number in pairs says which country's wallet it is.
    (
        "Wave",
        "Vous avez reçu 10.000F de Awa Diop (77 123 45 67). Nouveau solde: 12.500F. "
        "ID: T_ABCD1234XY",
        ("received", "in", "10000", "Awa Diop", "T_ABCD1234XY"),
    ),
]
# sender, text, kind, amount and balance: nothing moved
NOTHING_MOVED = [
    (
        "MobileMoney",
        "Your transaction to send GHS 300.00 to KOJO ANTWI has failed. Reason: insufficient funds. "
        "Transaction ID: 41300120333.",
        ("failed", "300", None),
    ),
    (
        "MPESA",
        "Dear customer, you have cancelled the request to pay Ksh1,500.00 to ZUKU. Your M-PESA "
        "balance is unchanged.",
        ("failed", "1500", None),
    ),
    (
        "M-PESA",
        "Samahani, huna salio la kutosha kutuma Tsh100,000.00. Salio lako ni Tsh5,000.00.",
        ("failed", "100000", "5000"),
    ),
    (
        "M-Money",
        "Ntabwo bikunze. Nta mafaranga ahagije ufite kuri konti yawe ya MoMo. Usigaranye 120 RWF.",
        ("failed", None, "120"),
    ),
    (
        "Airtel Money",
        "FAILED. TID 130011122266. UGX 30,000 to 0772112233. Insufficient balance. Bal UGX 1,000.",
        ("failed", "30000", "1000"),
    ),
    (
        "M-Money",
        "A transaction of 5000 RWF by JUMIA is pending. Dial *182*7*1# to approve it.",
        ("other", "5000", None),
    ),
    (
        "MobileMoney",
        "Dear customer, your MoMo interest of GHS 1.25 for Q2 2026 has been credited to your "
        "wallet. Current balance GHS 2,149.15",
        ("other", "1.25", "2149.15"),
    ),
    (
        "MTN MoMo",
        "Your MoMo Advance of UGX 10000 has been repaid. New balance: UGX 500.",
        ("other", "10000", "500"),
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
def test_a_new_wording_is_read(sender: str, text: str, said: tuple[str | None, ...]) -> None:
    found = of(sender, text)
    data = found.to_data()
    names = ("kind", "direction", "amount", "counterparty_name", "txid")
    assert tuple(data[name] for name in names) == said
    assert found.accept, found.reasons


@pytest.mark.parametrize(("sender", "text", "said"), NOTHING_MOVED)
def test_what_moved_nothing_is_no_evidence(
    sender: str, text: str, said: tuple[str | None, ...]
) -> None:
    found = of(sender, text)
    data = found.to_data()
    assert tuple(data[name] for name in ("kind", "amount", "balance")) == said
    assert not found.accept


@pytest.mark.parametrize(("sender", "text"), NOT_READ)
def test_what_is_doubtful_is_no_evidence(sender: str, text: str) -> None:
    found = of(sender, text)
    assert not found.accept
    assert found.kind not in {"received", "deposit", "bank", "sent", "payment", "withdrawal"}


@pytest.mark.parametrize(("sender", "text", "said"), READ)
def test_from_a_stranger_it_is_a_spoof(
    sender: str, text: str, said: tuple[str | None, ...]
) -> None:
    found = of("+256700000001", text)
    assert not found.accept
    assert found.spoof
