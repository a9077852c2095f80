"""Values of rows stay out of what engines and the intake say of them."""

from __future__ import annotations

import traceback
from dataclasses import replace

import duckdb
import pytest

from expectations.redaction import column_name, redacted
from orchestration import intake
from orchestration.errors import BadInput
from orchestration.settings import DEMO_PSEUDONYM_KEY
from tests.unit.oracles.models_in_memory import rendered_text

NUMBER = "01020005339"
CANARIES = (NUMBER, "L000000001", "450020000005749", "1946-08-09", 'it\'s "Kim" of Busan')


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@pytest.mark.fault(
    kind="privacy",
    tried="the engine cannot convert, parse or store a value and quotes it in its message",
    holds="the message that is told, logged and recorded has no value in it",
)
@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize(
    "statement",
    [
        "select cast('x' || {} as integer)",
        "select cast('x' || {} as date)",
        "select strptime({}, '%Y')",
        "create table t (a varchar primary key); insert into t values ({0}); "
        "insert into t values ({0})",
        "create table t (a varchar check (length(a) < 3)); insert into t values ({0})",
        "create type e as enum ('a'); select cast({} as e)",
    ],
)
def test_an_error_of_the_engine_names_no_value(statement: str, canary: str) -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.Error) as caught:
        connection.execute(statement.format(quoted(canary)))
    told = redacted(str(caught.value))
    assert canary not in told
    assert "Busan" not in told
    assert told.split(":")[0].endswith("Error")


def test_errors_about_names_stay_readable() -> None:
    for text in (
        'Binder Error: Referenced column "nosuch" not found in FROM clause!',
        "dbt test one_row_per_dim_lines_line_key found 3 rows that break it, as of 2026-03-31",
        "Got 12 results, configured to fail if != 0",
        "Catalog Error: Table with name fct_x does not exist!",
    ):
        assert redacted(text) == text


@pytest.mark.fault(
    kind="privacy",
    tried="a text file is no table, or begins with a row instead of a header",
    holds="neither the message nor the errors behind it repeat a value",
)
@pytest.mark.parametrize(
    "text",
    [
        f'customer_id,birth_date,customer_type,region_code,batch_date\nC000000001,"{NUMBER},a\n',
        f"C000000001,1946-08-09,person,KR-30,{NUMBER}\n",
        "customer_id,birth_date,customer_type,region_code,batch_date,"
        f"{NUMBER},{NUMBER}\nC000000001,1946-08-09,a,b,c,d,e\n",
    ],
)
def test_a_file_that_cannot_be_read_is_not_quoted(settings, landing, text) -> None:
    landing.deliver_csv("2026-01-02", "customers", text, rows=1)
    with pytest.raises(BadInput) as caught:
        intake.take_in(settings)
    told = "".join(traceback.format_exception(caught.value))
    assert not [canary for canary in ("C000000001", *CANARIES) if canary in told]


def test_a_column_that_is_no_name_is_not_told() -> None:
    assert [column_name(text) for text in ("batch_date", "비고", "Note 2")] == [
        "batch_date",
        "비고",
        "Note 2",
    ]
    assert {column_name(text) for text in (NUMBER, "a@b.kr", "1946-08-09", "")} == {"[value]"}


@pytest.mark.fault(
    kind="privacy",
    tried="somebody typed a number, an id or an address into a text of the exports",
    holds="readers see that something stood there, and not what",
)
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("call 010-2000-5339 back", "call [masked] back"),
        ("call 010 2000 5339 back", "call [masked] back"),
        ("call 01020005339", "call [masked]"),
        ("call 010 1234-5678", "call [masked]"),
        ("call (010) 1234-5678 now", "call [masked] now"),
        ("call 010 12345678", "call [masked]"),
        ("call +82 10 1234 5678", "call [masked]"),
        ("call 010  1234  5678", "call [masked]"),
        ("call ０１０-１２３４-５６７８", "call [masked]"),
        ("call (02) 123-4567", "call [masked]"),
        ("born 900101 1234567", "born [masked]"),
        ("IMSI 450020000005749, IMEI 350000000003000", "IMSI [masked], IMEI [masked]"),
        ("line L000000001 and C000000001", "line [masked] and [masked]"),
        ("write to kim.ys@example.co.kr", "write to [masked]"),
        (
            "Breach of 2025-09-11 reported, 22,227 users",
            "Breach of 2025-09-11 reported, 22,227 users",
        ),
        ("", None),
        (None, None),
    ],
)
def test_free_text_is_masked(typed: str | None, read: str | None) -> None:
    sql = rendered_text("select {{ as_free_text('typed') }} from (select ? as typed)")
    with duckdb.connect() as connection:
        assert connection.execute(sql, [typed]).fetchall() == [(read,)]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1168010100", "1168010100"),
        ("M-00123", "M-00123"),
        ("01020005339", "[masked]"),
        ("L000000001", "[masked]"),
        ("C000000001", "[masked]"),
        ("0111234567", "[masked]"),
        ("0212345678", "[masked]"),
        ("021234567", "[masked]"),
    ],
)
def test_a_code_of_usual_length_stays(typed: str, read: str) -> None:
    sql = rendered_text("select {{ as_code('typed') }} from (select ? as typed)")
    with duckdb.connect() as connection:
        assert connection.execute(sql, [typed]).fetchall() == [(read,)]


@pytest.mark.parametrize(
    "key", ["kurz", "a" * 40, "abcabcabcabcabcabcabcabcabcabc", "0123456789ab" * 3]
)
def test_a_weak_key_is_refused_for_own_exports(settings, landing, says, key) -> None:
    landing.deliver("2026-01-02", {"customers": [{"customer_id": "C1"}]}, is_demo=False)
    with pytest.raises(BadInput) as caught:
        intake.take_in(replace(settings, pseudonym_key=key))
    says(caught.value, "too weak", "is_demo", "token_urlsafe")
    assert key not in str(caught.value)
    # Of generated exports nothing has to be kept secret.
    landing.sign("2026-01-02", is_demo=True)
    assert intake.take_in(replace(settings, pseudonym_key=DEMO_PSEUDONYM_KEY)).is_demo
