"""IMEI, IMSI and MSISDN: the SQL of the checks against plain Python, on generated identifiers."""

from __future__ import annotations

import functools

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.oracles.models_in_memory import rendered_text
from tests.warehouse import staging_oracle as oracle

PREFIXES = ["45002", "45008"]

#: A query takes a few milliseconds, the first one much longer.
patient = settings(deadline=None)

digits = st.text("0123456789", min_size=0, max_size=17)
fifteen = st.text("0123456789", min_size=15, max_size=15)
#: What is almost digits: signs, points and exponents that a number would read, other scripts.
nearly = st.text("0123456789 +-.eE_x\u0661\uff11", min_size=13, max_size=16)


@functools.cache
def connection() -> duckdb.DuckDBPyConnection:
    """A database with the prefixes of the operator."""
    database = duckdb.connect()
    database.execute("create table imsi_prefixes (prefix varchar)")
    database.executemany("insert into imsi_prefixes values (?)", [[each] for each in PREFIXES])
    return database


@functools.cache
def check(call: str) -> str:
    """SQL of a check, as the macro writes it."""
    return rendered_text("{{ " + call + " }}")


def is_wrong(call: str, identifier: str) -> bool:
    """What the SQL says of one identifier."""
    row = (
        connection()
        .execute(
            f"select {check(call)} from ("
            "select identifier, try_cast(identifier as bigint) as number "
            "from (select cast(? as varchar) as identifier) as given) as given",
            [identifier],
        )
        .fetchone()
    )
    assert row is not None
    return bool(row[0])


@patient
@given(st.one_of(fifteen, digits, nearly))
def test_an_imei_is_wrong_when_its_check_digit_is(imei: str) -> None:
    expected = bool(imei) and oracle.imei_is_wrong(imei)
    assert is_wrong("is_wrong_imei('identifier', 'number')", imei) == expected


@patient
@given(st.text("0123456789", min_size=14, max_size=14))
def test_of_ten_last_digits_an_imei_has_one_and_the_0_of_a_log(body: str) -> None:
    right = {
        digit
        for digit in "0123456789"
        if not is_wrong("is_wrong_imei('identifier', 'number')", body + digit)
    }
    holds = {digit for digit in "0123456789" if oracle.luhn_holds(body + digit)}
    assert len(holds) == 1
    assert right == holds | {"0"}


@patient
@given(st.one_of(digits, nearly, st.builds("{}{}".format, st.sampled_from(PREFIXES), digits)))
def test_an_imsi_is_wrong_without_fifteen_digits_and_a_prefix_of_the_operator(imsi: str) -> None:
    expected = bool(imsi) and oracle.imsi_is_wrong(imsi, PREFIXES)
    assert is_wrong("is_wrong_imsi('identifier')", imsi) == expected


@patient
@given(st.one_of(digits, nearly, st.builds("010{}".format, digits)))
def test_a_number_is_wrong_without_010_and_eight_digits(msisdn: str) -> None:
    expected = bool(msisdn) and oracle.msisdn_is_wrong(msisdn)
    assert is_wrong("is_wrong_msisdn('identifier')", msisdn) == expected
