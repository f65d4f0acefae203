"""`piga fuel prices`: read a sheet, have it published by two, see who knows of it."""

import json
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import main
from core.security.installation import set_key
from tests.core.fuel import workbook
from tests.core.fuel.test_price_sheet import COMPANIES, changed
from tests.support.cli import Piga, demo, env_of
from tests.support.history_of_fuel import next_window, shift_is_opened
from tests.support.history_of_fuel_sales import shema_complains
from tests.support.history_of_fuel_stock import confirmed, stock_is_reckoned
from tests.support.tenants import KEY, KEYS, KIGALI
from tests.support.ussd import UssdTenant
from values import clock

__all__ = ["demo"]


def read(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["fuel", "prices", "read", *map(str, arguments)])


def test_the_window_the_lines_and_what_they_add(tmp_path: Path) -> None:
    file = workbook.write(tmp_path / "prices.xlsx", {"Ex-Pump": COMPANIES})
    made = read(file, "--json", "--ex-refinery", "premium=9.04")
    said = json.loads(made.output)
    assert made.exit_code == 0
    assert said["window"] == {"from": "2025-01-16", "to": "2025-01-31"}
    premium = said["products"][0]
    assert (premium["product"], premium["added"], premium["floor"]) == ("premium", "3.27", "12.31")
    assert premium["ex_refinery"] is premium["ex_pump"] is None
    road = {"code": "road_fund_levy", "name": "ROAD FUND LEVY", "amount": "0.48"}
    assert premium["lines"][1] == road


def test_a_problem_is_told_and_fails(tmp_path: Path) -> None:
    file = workbook.write(tmp_path / "prices.xlsx", {"Ex-Pump": changed(16, 4, 238)})
    before = workbook.write(tmp_path / "before.xlsx", {"Ex-Pump": changed(7, 4, 20)})
    made = read(file, "--previous", before)
    assert made.exit_code == 1
    assert "D16: EX-DEPOT* says 2.38, and the lines above it add up to 2.37." in made.output
    assert "premium: road_fund_levy: was 0.20, and is 0.48." in made.output


def test_what_is_no_spreadsheet_is_said(tmp_path: Path) -> None:
    file = tmp_path / "prices.xlsx"
    file.write_bytes(b"PK\x03\x04")
    made = read(file)
    assert (made.exit_code, made.output) == (
        1,
        "Error: This is neither a CSV nor an XLSX file.\n",
    )
    wrong = read(file, "--ex-refinery", "premium")
    assert "premium is not PRODUCT=PRICE" in wrong.output


def test_a_sheet_is_published_by_two(demo: Piga, tmp_path: Path) -> None:
    first = next_window().first
    rows = changed(2, 2, f"PRICE BUILD-UP: EFFECTIVE {first:%d %B %Y}")
    rows[3] = [None, None, None, "Premium (GHp/Lt)", "Gasoil (GHp/Lt)", "LPG (GHp/Kg)"]
    file = workbook.write(tmp_path / "prices.xlsx", {"Ex-Pump": rows})
    own = ("--ex-refinery", "premium=9.50", "--ex-refinery", "gasoil=10.00")
    floors = ("--floor", "premium=9.04", "--floor", "gasoil=8.20", "--floor", "lpg=10.97")
    said = ("--tenant", "fuel", "--by", "ann", "--reason", "window", "--submission", "Letter 9")

    def publish(*more: str) -> str:
        return demo("fuel", "prices", "publish", str(file), *said, *own, *floors, *more).output

    assert "lpg has no ex-refinery price" in publish("--yes")
    assert "lpg at station 102 is 9.31, below the floor" in publish(
        "--ex-refinery", "lpg=6.00", "--yes"
    )
    shown = publish("--ex-refinery", "lpg=11.30", "--yes")
    assert "premium: 13.290000 -> 13.390000 before the dealer's margin; floor 12.31" in shown
    request = shown.split()[-1].rstrip(".")
    approved = demo("approvals", "approve", request, "--tenant", "fuel", "--by", "ben", "--yes")
    assert "dealers texted: 3" in approved.output
    listed = json.loads(demo("fuel", "prices", "stations", "--tenant", "fuel", "--json").output)
    assert [one["prices"].get("premium") for one in listed] == ["13.70", "13.70", "13.74", None]
    assert {one["acknowledged_at"] for one in listed} == {None}
    assert demo("fuel", "shifts", "--tenant", "fuel").output == "No shift has ended.\n"
    assert "NOT ACKNOWLEDGED" in demo("fuel", "prices", "stations", "--tenant", "fuel").output


def test_a_tank_is_held_against_its_book(tmp_path: Path) -> None:
    def piga(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, ["fuel", "stock", *map(str, arguments)])

    chart, month = tmp_path / "t1.csv", tmp_path / "month.csv"
    chart.write_text("mm,litres\n0,66\n100,1100\n200,2200\n300,3350\n", encoding="utf-8")
    assert piga("chart", chart, "--mm", "150").output == (
        "4 rows, 0 to 300 mm, 66 to 3350 l\n150 mm: 1650.00 l\n"
    )
    assert "301 mm: the chart has 0 to 300 mm." in piga("chart", chart, "--mm", "301").output
    rows = ("tank,day,dip_mm,sold_l", "T1,2026-10-01,300,0", "T1,2026-10-02,200,1050")
    month.write_text("\n".join((*rows, "T2,2026-10-02,200,0")), encoding="utf-8")
    made = piga("reconcile", month, "--chart", f"T1={chart}", "--json")
    said = json.loads(made.output)
    assert made.exit_code == 1
    (day,), (alarm,) = said["tanks"]["T1"]["days"], said["tanks"]["T1"]["alarms"]
    assert (day["book_l"], day["variance_l"], day["per_mille"]) == ("2300.00", "-100.00", "-95.2")
    assert alarm["sentence"] == "On 2026-10-02 100 l are missing at once; 46 l a day pass."
    assert [(one["row"], one["code"]) for one in said["problems"]] == [(4, "no_chart")]
    corrected = piga("correct", "--litres", "15001", "--temperature", "30", "--density", "745")
    assert corrected.output.startswith("14726.63 l at 15 °C: factor 0.98171, ASTM D1250-80")
    assert (
        piga("correct", "--litres", "1", "--temperature", "30", "--density", "0.745").exit_code == 1
    )


def test_no_complaint_waits(demo: Piga) -> None:
    assert demo("fuel", "complaints", "--tenant", "fuel").output == "No complaint waits.\n"
    assert json.loads(demo("fuel", "complaints", "--tenant", "fuel", "--json").output) == []


def test_a_complaint_is_listed_with_what_was_short(tenant: UssdTenant, tmp_path: Path) -> None:
    shift_is_opened(tenant)
    shema_complains(tenant)
    set_key(tenant.urls.owner_url, KEYS)
    run = Piga(env_of(tenant.urls, tmp_path))
    listed = run("fuel", "complaints", "--tenant", "ibimina", "--json", PIGA_KEY=KEY.hex())
    (one,) = json.loads(listed.output)
    assert (one["paid"], one["got"], one["state"]) == ("30.00 l", "28.00 l", "open")
    assert (
        "Remera: 30.00 l Lisansi paid, 28.00 l got"
        in run("fuel", "complaints", "--tenant", "ibimina", PIGA_KEY=KEY.hex()).output
    )


def test_a_chart_is_loaded_by_two_and_days_are_listed(tenant: UssdTenant, tmp_path: Path) -> None:
    set_key(tenant.urls.owner_url, KEYS)
    run = Piga(env_of(tenant.urls, tmp_path))
    said = ("--tenant", "ibimina", "--station", "102", "--tank", "1", "--certificate", "RSB 311")
    asks = (*said, "--from", f"{clock.now(KIGALI):%Y-%m-%d}", "--by", "ann", "--reason", "new tank")
    file = tmp_path / "chart.csv"

    def load(*lines: str) -> Result:
        file.write_text("\n".join(("mm,litres", *lines)), encoding="utf-8")
        return run("fuel", "stock", "load", str(file), *asks, "--yes", PIGA_KEY=KEY.hex())

    wrong = load("0,66", "20,221", "10,140", "46,473")
    assert wrong.exit_code == 1
    assert "row 4: 10 mm is not above the 20 mm of the row before." in wrong.output
    shown = load("0,66", "10,140", "20,221", "46,473").output
    assert "dead stock: - -> 66 l" in shown
    request = shown.split()[-1].rstrip(".")
    decide = ("--tenant", "ibimina", "--by", "ben", "--yes")
    run("approvals", "approve", request, *decide, PIGA_KEY=KEY.hex())
    assert tenant.number("SELECT count(*) FROM fuel_chart WHERE certificate = 'RSB 311'") == 1

    def days(*more: str) -> str:
        return run("fuel", "stock", "days", "--tenant", "ibimina", *more, PIGA_KEY=KEY.hex()).output

    assert days() == "No day was reckoned.\n"
    day = clock.now(KIGALI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    confirmed(tenant, "1250", day - timedelta(hours=2))
    confirmed(tenant, "1220", day)
    stock_is_reckoned(tenant)
    listed = json.loads(days("--json"))
    [one] = listed["days"]
    assert (one["book_l"], one["variance_l"], one["per_mille"]) == ("15001.10", "-458.27", None)
    assert [alarm["kind"] for alarm in listed["alarms"]] == ["sudden"]
    assert "-458.27 l (nothing sold)" in days("--station", "101")
    assert days("--station", "201") == "No day was reckoned.\n"
