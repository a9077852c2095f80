"""Which packs there are, and what has to hold before one is written.

Belongs here: packs and their proofs. Does not belong here: what is in their files (the SQL of
analyses/exports/), how files are written (answers, folder).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from orchestration.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from orchestration.sql import Audience

#: Ids that name a line or a customer, if only as a pseudonym: no pack has use for them.
NAMES_OF_PEOPLE: Final = frozenset({"line_key", "customer_key", "holder_key", "holder_id"})

_ENTRIES_THAT_DO_NOT_BALANCE: Final = """
    select entry_id || ': debit ' || sum(debit_krw) || ', credit ' || sum(credit_krw)
    from ({journal}
) as journal
    group by entry_id
    having sum(debit_krw) <> sum(credit_krw) or count(*) <> 2
    order by 1
    limit 3
"""
_ACCOUNTS_THAT_DIFFER: Final = """
    select
        coalesce(balance.account, booked.account) || ': '
        || coalesce(booked.debit_krw, 0) || ' and ' || coalesce(booked.credit_krw, 0)
        || ' in the journal, '
        || coalesce(balance.debit_krw, 0) || ' and ' || coalesce(balance.credit_krw, 0)
        || ' in the trial balance'
    from ({trial_balance}
) as balance
    full join (
        select account, sum(debit_krw) as debit_krw, sum(credit_krw) as credit_krw
        from ({journal}
) as journal
        group by account
    ) as booked
        on balance.account = booked.account
    where
        coalesce(balance.debit_krw, 0) <> coalesce(booked.debit_krw, 0)
        or coalesce(balance.credit_krw, 0) <> coalesce(booked.credit_krw, 0)
    order by 1
    limit 3
"""
_BALANCES_THAT_DO_NOT_ADD_UP: Final = """
    select 'opening ' || sum(opening_krw) || ', closing ' || sum(closing_krw)
    from ({trial_balance}
) as balance
    having sum(opening_krw) <> 0 or sum(closing_krw) <> 0
"""

Name = Literal["regulator", "journal"]


class NotExportable(OperatorError):  # noqa: N818 - named as the other errors of operators
    """What would be handed out does not hold, or may not be handed out."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack: whose file it is made of, and queries that must find nothing, by what they find."""

    name: Name
    audience: Audience
    has_period: bool = False
    proofs: tuple[tuple[str, str], ...] = ()


PACKS: Final[dict[str, Pack]] = {
    pack.name: pack
    for pack in (
        # Of the public file, so that nothing internal can leak.
        Pack("regulator", "public"),
        Pack(
            "journal",
            "inside",
            has_period=True,
            proofs=(
                ("Debits are not credits in an entry", _ENTRIES_THAT_DO_NOT_BALANCE),
                ("The trial balance is not that of the journal", _ACCOUNTS_THAT_DIFFER),
                ("The balances of all accounts are not nought", _BALANCES_THAT_DO_NOT_ADD_UP),
            ),
        ),
    )
}


def prove(pack: Pack, connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> None:
    """Make sure that what is to be written holds.

    Args:
        pack: names the proofs.
        connection: to the generation.
        queries: name of a file -> its SQL.

    Raises:
        NotExportable: a proof found something; nothing was written.
    """
    for what, proof in pack.proofs:
        found = connection.execute(proof.format_map(queries)).fetchall()
        if found:
            raise NotExportable(
                what,
                "; ".join(row[0] for row in found),
                "nothing was written; compare compensation.dim_ledger_accounts and "
                "compensation.fct_ledger_entries of this generation, then run the batch again",
            )
