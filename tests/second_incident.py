"""A second incident: another operator, other days, programmes, fees and amounts, fewer claims.

Belongs here: its rules and its scenario, made from those of the reference incident so that their
columns cannot differ. Does not belong here: the exports, which the generator makes.

Days move by whole weeks, so that Sundays stay Sundays. Some of its texts are hostile.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from scenarios.generator import generation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LATER: Final = dt.timedelta(weeks=26)

#: Words of the reference incident -> those of this one; codes and names, wherever they stand.
WORDS: Final = {
    "KT-2025": "NORD-2026",
    "SKT-2025": "OST-2025",
    "SK Telecom": "Ost Telekom",
    "LG Uplus": "West Mobil",
    "LG U+": "West Mobil",
    "kt M mobile": "Nordlet",
    "kt Skylife": "Nordsky",
    "Freet": "Fri",
    "KT": "NORD",
    "SKT": "OST",
    "LGU": "WEST",
    "KTM": "NO1",
    "SKL": "NO2",
    "FRT": "NO3",
    "SK7": "OS1",
    "TNK": "OS2",
    "UMO": "WE1",
    "LIV": "WE2",
    "rogue_femtocell": "stolen_voicemail_pins",
    "subscriber_data_theft": "lost_backup_tapes",
    "poor_femtocell_management": "default_pins",
    "Femtocells were poorly managed": "Everybody had the same PIN",
    "45002": "24202",
    "45004": "24204",
    "45008": "24208",
}
#: Programmes and policies, where a column holds their ids: `fee_waiver` is a kind as well.
IDS: Final = {
    "fee_waiver": "free_exit",
    "victim_discount": "instalment_credit",
    "victim_data": "sorry_gigabytes",
    "victim_insurance": "victim_cover",
    "victim_loss_refund": "stolen_money_back",
    "data_grant": "summer_data",
    "partner_discounts": "picnic_coupons",
    "scam_insurance": "phishing_cover",
    "customer_package": "summer_package",
    "security_investment": "vault_plan",
}
#: No waiver for victims, and nothing that hangs on one.
_NOT_HERE: Final = frozenset({"victim_fee_waiver", "victim_package"})
_ID_COLUMNS: Final = frozenset(
    {"programme_id", "programme_a", "programme_b", "package_id", "policy_id"}
)
_CLAIMS: Final = frozenset(
    {"W02", "W03", "W16", "W17", "W20", "W21", "C02", "C03", "C05", "X06", "X15", "X21"}
)
_OF_CLAIMS: Final = ("ref_published_claims", "ref_claim_readings")
_CLAIM_COLUMNS: Final = ("claim_id", "source_claim", "fx_claim_id")

CREDIT_NAME: Final = 'Credit </script><script>window.robbed = 1</script> & "ten" instalments'
CLAIM_TEXT: Final = '=HYPERLINK("http://example.invalid","left") <b>of them</b> to Ost Telekom'

#: register, value of its first column, column -> the value here.
_CELLS: Final = {
    ("ref_carriers", "NORD", "carrier_name"): "Nordlys Mobil",
    ("ref_programmes", "instalment_credit", "quantity_per_unit"): "240000",
    ("ref_programmes", "instalment_credit", "programme_name"): CREDIT_NAME,
    ("ref_programmes", "sorry_gigabytes", "quantity_per_unit"): "60",
    ("ref_programmes", "summer_data", "quantity_per_unit"): "40",
    ("ref_programmes", "summer_package", "announced_krw"): "7300000000000",
    ("ref_programmes", "free_exit", "programme_name"): "Free exit",
    ("ref_published_claims", "C05", "statement"): CLAIM_TEXT,
}
#: Won are worth ten times as much: fees and subsidies have one digit less.
_FEWER_WON: Final = {"ref_plans": ("monthly_fee_krw",)}
_MONTHLY_KINDS: Final = frozenset({"data", "insurance", "partner_discount", "package"})


def write(folder: Path) -> tuple[Path, Path]:
    """Write registers and scenario; returns the folder of the one and the file of the other."""
    reference = folder / "reference"
    reference.mkdir(parents=True)
    for source in sorted(generation.DEFAULT_REFERENCE.glob("*.csv")):
        with source.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        header = source.read_text(encoding="utf-8").splitlines()[0].split(",")
        with (reference / source.name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_register(source.stem, rows))
    scenario = folder / "scenario.yaml"
    scenario.write_text(_scenario(), encoding="utf-8")
    return reference, scenario


def _register(name: str, rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    for row in rows:
        if _NOT_HERE & {row[column] for column in _ID_COLUMNS & row.keys()}:
            continue
        if name in _OF_CLAIMS and row["claim_id"] not in _CLAIMS:
            continue
        changed = {column: elsewhere(value) for column, value in row.items()}
        for column in _ID_COLUMNS & row.keys():
            changed[column] = IDS.get(row[column], row[column])
        for column in _CLAIM_COLUMNS:
            if column in row and row[column] and row[column] not in _CLAIMS:
                changed[column] = ""
        for column in _FEWER_WON.get(name, ()):
            changed[column] = str(int(row[column]) // 10)
        if name == "ref_programmes" and row["kind"] in _MONTHLY_KINDS:
            changed |= _whole_months(changed)
        first = next(iter(changed.values()))
        yield changed | {
            column: value
            for (register, id_, column), value in _CELLS.items()
            if (register, id_) == (name, first)
        }


def _whole_months(row: dict[str, str]) -> dict[str, str]:
    last = row["ends_on"] and dt.date.fromisoformat(row["ends_on"]).replace(day=28)
    end = last and (last + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return {"starts_on": f"{row['starts_on'][:-2]}01", "ends_on": str(end)}


def _scenario() -> str:
    text = elsewhere(generation.DEFAULT_SCENARIO.read_text(encoding="utf-8"))
    changes: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
        (r"(data_months: {value: )\[[^]]*\]", _first_days),
        # Batches before the daily ones are those of month-ends.
        (r"opening_on: {value: [-\d]+", "opening_on: {value: 2025-09-30"),
        (r"2025-10-29, 2026-01-29\]", "2025-10-31, 2026-01-31]"),
        (r"subsidy_from: {value: 300000", "subsidy_from: {value: 30000"),
        (r"subsidy_to: {value: 1200000", "subsidy_to: {value: 120000"),
        (r"\bdata_gb: {value: 100", "data_gb: {value: 40"),
    )
    for pattern, new in changes:
        text, times = re.subn(pattern, new, text)
        assert times, pattern
    return text


def _first_days(match: re.Match[str]) -> str:
    """Months of data move by months: 26 weeks later two of them would be one."""
    return re.sub(r"(\d{4})-(\d\d)-\d\d", lambda day: f"{_month(_earlier(day))}-01", match[0])


def _earlier(day: re.Match[str]) -> re.Match[str]:
    was = re.match(r"(\d{4})-(\d\d)", str(dt.date.fromisoformat(day[0]) - _LATER))
    assert was
    return was


def elsewhere(text: str) -> str:
    """Put the words and days of this incident in the place of those of the reference one."""
    for word in sorted(WORDS, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", WORDS[word], text)
    text = re.sub(r"\b202[5-9]-\d\d-\d\d\b|\b203\d-\d\d-\d\d\b", _day, text)
    return re.sub(r"\b(202[5-6])-(\d\d)(?=,|$)", _month, text)


def _day(match: re.Match[str]) -> str:
    return str(dt.date.fromisoformat(match[0]) + _LATER)


def _month(match: re.Match[str]) -> str:
    month = int(match[1]) * 12 + int(match[2]) - 1 + 6
    return f"{month // 12}-{month % 12 + 1:02d}"
