"""What the raw contract says about a delivered row, in plain Python and one row at a time.

Belongs here: reading values, judging rows, following versions; written from the words of the
contract and not from the SQL. Does not belong here: generating rows, running SQL.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tests.warehouse.staging_contract import CARRIERS, CODES, CONTRACTS, OPERATOR, PLANS, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: A row as delivered: text by column, None where empty.
Row = dict[str, str | None]

EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, eq=False)
class Delivery:
    """One delivered row: the folder it came in, its place in the file, and what it says.

    Two rows that say the same are still two deliveries.
    """

    delivered_on: date
    source_row: int
    row: Row

    @property
    def place(self) -> tuple[date, int]:
        """Order of delivery."""
        return self.delivered_on, self.source_row


@dataclass(frozen=True)
class Fate:
    """What becomes of a row."""

    status: str
    reason: str | None = None


def day(text: str) -> date | None:
    """Read `2025-12-31`, and nothing else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: str) -> datetime | None:
    """Read `2025-12-31 00:10:00`, and nothing else."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def whole(text: str) -> int | None:
    """Read a whole number without sign `+`, blanks, exponent or separators, up to a quadrillion."""
    number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
    return None if number is None or abs(number) > 10**15 else number


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        digit = int(character) * (2 if position % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def imei_is_wrong(imei: str) -> bool:
    """Fifteen digits with a check digit, or with the 0 that network logs write in its place."""
    if not re.fullmatch(r"[0-9]{15}", imei):
        return True
    return not imei.endswith("0") and not luhn_holds(imei)


def imsi_is_wrong(imsi: str, prefixes: Iterable[str]) -> bool:
    """Fifteen digits that begin with a prefix of the operator."""
    return not re.fullmatch(r"[0-9]{15}", imsi) or not imsi.startswith(tuple(prefixes))


def msisdn_is_wrong(msisdn: str) -> bool:
    """010 and eight digits."""
    return not re.fullmatch(r"010[0-9]{8}", msisdn)


def reason(  # noqa: PLR0911, PLR0912 - the contract is a list, and the first that applies wins
    entity: str, delivery: Delivery, valid: Mapping[str, set[str]], delivered: set[str]
) -> str | None:
    """Why a row breaks the contract; None when it keeps it.

    `valid` holds the ids with a version that keeps the contract, by entity; `delivered` the ids of
    customers that came at all.
    """
    contract = CONTRACTS[entity]
    get = delivery.row.get

    def parts(names: str) -> list[tuple[str, str | None, bool]]:
        return [
            (name.rstrip("?"), get(name.rstrip("?")) or None, not name.endswith("?"))
            for name in names.split()
        ]

    needed = contract.key.split() + [name for name in contract.parents if not name.endswith("?")]
    if any(not get(name) for name in needed):
        return "missing_key"
    days = parts(contract.days)
    if any((day(text) is None) if text else required for _, text, required in days):
        return "invalid_date"
    if entity == "data_usage_monthly" and not str(get("usage_month")).endswith("-01"):
        return "invalid_date"
    times = parts(contract.times)
    if any((moment(text) is None) if text else required for _, text, required in times):
        return "invalid_timestamp"
    when: dict[str, datetime] = {}
    for name, text, _ in days:
        found = day(text) if text else None
        if found:
            when[name] = datetime(found.year, found.month, found.day)  # noqa: DTZ001
    for name, text, _ in times:
        instant = moment(text) if text else None
        if instant:
            when[name] = instant
    happened = [then.date() for name, then in when.items() if name not in contract.ahead.split()]
    if any(not EARLIEST <= then <= delivery.delivered_on for then in happened):
        return "impossible_date"
    if any(
        start in when and end in when and when[end] < when[start] for start, end in contract.spans
    ):
        return "impossible_date"
    if (
        entity == "port_requests"
        and "processed_on" in when
        and when["processed_on"].date() < when["requested_at"].date()
    ):
        return "impossible_date"
    numbers = [
        (whole(text) if text else None, text, need) for _, text, need in parts(contract.numbers)
    ]
    if any(number is not None and number < 0 for number, _, _ in numbers):
        return "negative_amount"
    if any((number is None) if text else need for number, text, need in numbers):
        return "invalid_amount"
    for name, code_list in contract.codes.items():
        text = get(name.rstrip("?"))
        if text not in CODES[code_list] if text else not name.endswith("?"):
            return "unknown_code"
    if any(text not in {"true", "false"} for _, text, _ in parts(contract.flags)):
        return "unknown_code"
    if any((text not in CARRIERS) if text else need for _, text, need in parts(contract.carriers)):
        return "unknown_carrier"
    if entity == "lines":
        if CARRIERS.get(get("network_brand") or "") != OPERATOR:
            return "unknown_carrier"
        if get("plan_code") not in PLANS:
            return "unknown_plan"
    orphans = {
        {"lines": "orphan_line", "customers": "orphan_customer"}.get(parent, "orphan_parent")
        for name, parent in contract.parents.items()
        if get(name.rstrip("?"))
        and get(name.rstrip("?")) not in (delivered if parent == "customers" else valid[parent])
    }
    for orphan in ("orphan_line", "orphan_customer", "orphan_parent"):
        if orphan in orphans:
            return orphan
    if get("imei") and imei_is_wrong(str(get("imei"))):
        return "wrong_check_digit"
    if get("imsi") and imsi_is_wrong(str(get("imsi")), PREFIXES[OPERATOR]):
        return "wrong_imsi_prefix"
    if get("msisdn") and msisdn_is_wrong(str(get("msisdn"))):
        return "wrong_msisdn"
    if get("batch_date") != delivery.delivered_on.isoformat():
        return "batch_date_mismatch"
    return None


def refund_reasons(
    reasons: Mapping[Delivery, str | None],
    claims: Iterable[Row],
    bill_items: Iterable[Row],
) -> dict[Delivery, str | None]:
    """Why refunds break the contract, given what is current of their claims and of the bills.

    A refund that says paid may not exceed all that the line of its claim was charged. Of the
    refunds of one claim whose newest word is paid, the first by day of payment and id stands; the
    others are second payments.
    """
    line_of = {str(row["claim_id"]): str(row["line_id"]) for row in claims}
    charged: Counter[str] = Counter()
    for item in bill_items:
        charged[str(item["line_id"])] += whole(str(item["amount_krw"])) or 0

    def says_paid(delivery: Delivery) -> bool:
        return delivery.row["status"] == "paid"

    found = dict(reasons)
    for delivery, why in reasons.items():
        paid = whole(str(delivery.row["amount_krw"])) or 0
        line = line_of.get(str(delivery.row["claim_id"]), "")
        if why is None and says_paid(delivery) and paid > charged[line]:
            found[delivery] = "above_charge"
    newest: dict[str, Delivery] = {}
    for delivery in sorted(found, key=lambda each: each.place):
        if found[delivery] is None:
            newest[str(delivery.row["refund_id"])] = delivery
    standing: dict[str, list[tuple[str, str]]] = {}
    for refund, delivery in newest.items():
        if says_paid(delivery):
            paid_on = str(delivery.row["paid_on"])
            standing.setdefault(str(delivery.row["claim_id"]), []).append((paid_on, refund))
    second = {refund for payments in standing.values() for _, refund in sorted(payments)[1:]}
    for delivery, why in tuple(found.items()):
        if why is None and says_paid(delivery) and delivery.row["refund_id"] in second:
            found[delivery] = "second_payment"
    return found


def natural_id(entity: str, row: Row) -> str | None:
    """The id of a row as one text; None when a part is missing."""
    parts = [row.get(name) for name in CONTRACTS[entity].key.split()]
    return "|".join(str(part) for part in parts) if all(parts) else None


def fates(entity: str, reasons: Mapping[Delivery, str | None]) -> dict[Delivery, Fate]:
    """What becomes of each row, given why it breaks the contract, walking through its versions."""
    found: dict[Delivery, Fate] = {}
    current: dict[str, Delivery] = {}
    before: dict[str, Row] = {}
    for delivery in sorted(reasons, key=lambda each: each.place):
        why = reasons[delivery]
        if why is not None:
            found[delivery] = Fate("quarantined", why)
            continue
        name = str(natural_id(entity, delivery.row))
        said = {key: text or None for key, text in delivery.row.items() if key != "batch_date"}
        if before.get(name) == said:
            found[delivery] = Fate("duplicate")
            continue
        if name in current:
            found[current[name]] = Fate("superseded")
        current[name], before[name] = delivery, said
        found[delivery] = Fate("accepted")
    return found


def judged(
    deliveries: Mapping[str, Sequence[Delivery]], as_of: date
) -> dict[str, dict[Delivery, Fate]]:
    """What becomes of every row known on a day, by entity."""
    valid: dict[str, set[str]] = {}
    current: dict[str, list[Row]] = {}
    result = {}
    customers = {
        str(each.row["customer_id"])
        for each in deliveries.get("customers", ())
        if each.delivered_on <= as_of and each.row.get("customer_id")
    }
    for entity in CONTRACTS:
        known = [each for each in deliveries.get(entity, ()) if each.delivered_on <= as_of]
        reasons = {each: reason(entity, each, valid, customers) for each in known}
        if entity == "refund_payments":
            reasons = refund_reasons(reasons, current["waiver_claims"], current["bill_items"])
        result[entity] = fates(entity, reasons)
        current[entity] = [
            each.row for each, fate in result[entity].items() if fate.status == "accepted"
        ]
        valid[entity] = {
            str(natural_id(entity, each.row)) for each, why in reasons.items() if why is None
        }
    return result
