"""Goods ordered in one line of a text message."""

import pytest

from tests.support.orders import goods_are_sold
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant


@pytest.mark.usefixtures("fixed_time")
def test_a_basket_in_one_line(tenant: UssdTenant) -> None:
    goods_are_sold(tenant)
    phone = Texter(tenant, tenant.people["kayitesi"].phones[0])
    told = phone.text("ORDER oil 5 SOAP 2")
    assert told.startswith("5 OIL, 2 SOAP. Total 7,080 RWF\n1 Pay cash when it comes")
    assert "is confirmed. You hear when it comes." in phone.text("1")
    assert tenant.one("SELECT reserved FROM stock WHERE product = 'OIL'") == (8,)
    assert "7,080 RWF" in phone.text("STATUS")
    assert "Did you mean OIL?" in phone.text("ORDER OILS 2")
    phone.text("MENU")
    assert "OIL: type how many in whole numbers" in phone.text("ORDER OIL two")
