"""The ledger of waived fees in plain Python, written from the rules and not from the SQL.

Belongs here: what stands in the books of one line, walked day by day as an accountant would who
learns of documents when they are delivered. Does not belong here: anything that reads the
warehouse, and eligibility, which has an oracle of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tests.unit.oracles.eligibility import Claim, Version, claim_status


@dataclass(frozen=True, slots=True)
class Seen:
    """What a document said from a day on: the newest one known counts."""

    document_id: str
    known_from: date


@dataclass(frozen=True, slots=True)
class BillItem(Seen):
    """A version of a bill item."""

    item_kind: str
    amount_krw: int
    billed_on: date
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class ClaimMade(Seen):
    """A version of a claim."""

    claimed_at: datetime
    payee_is_owner: bool
    obstacle_ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Refund(Seen):
    """A version of a refund payment."""

    paid_on: date
    amount_krw: int
    status: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the books, by what it is about."""

    event_kind: str
    is_reversal: bool
    about: str
    posted_on: date
    known_from: date
    amount_krw: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything that was ever delivered about a line."""

    bills: tuple[BillItem, ...]
    claims: tuple[ClaimMade, ...]
    refunds: tuple[Refund, ...]
    #: Policy versions that entitle the line.
    entitling: frozenset[str]


def _known(documents, day):
    """The newest version of each document delivered by a day."""
    newest = {}
    for document in sorted(documents, key=lambda seen: seen.known_from):
        if document.known_from <= day:
            newest[document.document_id] = document
    return list(newest.values())


def _in_force(versions: tuple[Version, ...], day: date) -> Version | None:
    known = [version for version in versions if version.is_binding and version.known_from <= day]
    return max(known, key=lambda version: version.known_from, default=None)


class Books:
    """The books of one line, to which every day of news adds."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._states: dict[tuple[str, str], tuple[int, date | None, Entry | None]] = {}

    def tell(  # noqa: PLR0917 - a journal has as many columns
        self,
        kind: str,
        about: str,
        day: date,
        posted_on: date,
        amount: int,
        document: date | None = None,
    ) -> None:
        """Take note of what an event amounts to by the news of a day."""
        key = (kind, about)
        if key not in self._states:
            entry = Entry(kind, False, about, posted_on, day, amount) if amount else None
            if entry:
                self.entries.append(entry)
            self._states[key] = (amount, document, entry)
            return
        before, document_before, standing = self._states[key]
        if amount == before and (document == document_before or amount == 0):
            self._states[key] = (amount, document, standing)
            return
        if standing:
            self.entries.append(Entry(kind, True, about, day, day, standing.amount_krw))
        entry = None
        if amount:
            on = posted_on if document else day
            entry = Entry(kind, False, about, on, day, amount)
            self.entries.append(entry)
        self._states[key] = (amount, document, entry)


def books_of(  # noqa: PLR0917 - everything that decides
    history: History,
    source: str,
    versions: tuple[Version, ...],
    covered: dict[str, frozenset[str]],
    fee_kinds: frozenset[str],
    lapse_months: int,
    as_of: date,
) -> list[Entry]:
    """Every entry that the line has by the end of a day.

    `covered` holds the kinds of bill item by policy version, `source` names line and policy.
    """
    books = Books()
    days = {seen.known_from for seen in (*history.bills, *history.claims, *history.refunds)}
    days |= {version.known_from for version in versions if version.is_binding}
    final = _counting(_known(history.claims, as_of))
    lapses_on = _months_later(final.claimed_at.date(), lapse_months) if final else None
    if lapses_on:
        days.add(lapses_on)
    lapsed = 0
    for day in sorted(day for day in days if day <= as_of):
        bills = _known(history.bills, day)
        for item in bills:
            amount = item.amount_krw if item.item_kind in fee_kinds else 0
            books.tell("fee_charged", item.document_id, day, item.billed_on, amount, item.billed_on)
            collected = amount if item.paid_on else 0
            books.tell(
                "fee_collected",
                item.document_id,
                day,
                item.paid_on or item.billed_on,
                collected,
                item.paid_on,
            )
        refunds = _known(history.refunds, day)
        for refund in refunds:
            books.tell(
                "refund_paid",
                refund.document_id,
                day,
                refund.paid_on,
                refund.amount_krw,
                refund.paid_on,
            )
            back = refund.amount_krw if refund.status == "returned" else 0
            books.tell("refund_returned", refund.document_id, day, day, back)
        claim = _counting(_known(history.claims, day))
        if claim is None:
            continue
        version = _in_force(versions, day)
        charged = collected = 0
        is_payable = False
        claimable_from = claim.claimed_at.date()
        if version:
            covers = covered[version.policy_version]
            charged = sum(item.amount_krw for item in bills if item.item_kind in covers)
            collected = sum(
                item.amount_krw for item in bills if item.item_kind in covers and item.paid_on
            )
            made = Claim(claim.claimed_at, claim.payee_is_owner, claim.obstacle_ended_on)
            is_payable = version.policy_version in history.entitling and claim_status(
                made, version
            ) in {"in_time", "excused_by_obstacle"}
            claimable_from = max(claimable_from, version.known_from)
        paid = sum(refund.amount_krw for refund in refunds if refund.status == "paid")
        payable = collected if is_payable else 0
        if day == lapses_on and is_payable:
            lapsed = max(collected - paid, 0)
        last_paid = max((r.paid_on for r in refunds if r.status == "paid"), default=day)
        books.tell("refund_payable", source, day, claimable_from, payable)
        cancelled = charged - collected if is_payable else 0
        books.tell("fee_cancelled", source, day, claimable_from, cancelled)
        expired = lapsed if is_payable else 0
        books.tell("refund_undue", source, day, last_paid, max(paid + expired - payable, 0))
        books.tell("refund_expired", source, day, day, expired)
    return books.entries


def _counting(claims: list[ClaimMade]) -> ClaimMade | None:
    """The claim that counts: to the own account before others, then the first."""
    return min(
        claims,
        key=lambda claim: (not claim.payee_is_owner, claim.claimed_at, claim.document_id),
        default=None,
    )


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError(day)
