"""A new pseudonym key: the books go on, and old and new meet in the vault alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import (
    audit_trail,
    candidate,
    fingerprints,
    intake_key,
    key_rotation,
    keys,
    published_ledger,
    publishing,
    vault,
    work_area,
)
from orchestration.errors import BadInput
from orchestration.intake import Intake
from tests.unit.oracles.models_in_memory import rendered_text
from tests.unit.publisher import FACTS, build_candidate, settings_for
from tests.unit.test_published_ledger import types

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

OLD, NEW, NEWEST = (f"{name}-key-of-this-test-0123456789" for name in ("old", "new", "even-newer"))
DAY = dt.date(2026, 1, 31)
OPENING = ["a" * 64, "b" * 64]
LINES = [f"L{number:09}" for number in range(40)]


def key_of(key: str, kind: str, identifier: str) -> int:
    """The pseudonym, from decision 5 and not from the SQL."""
    return int(hashlib.sha256(f"{key}:{kind}:{identifier}".encode()).hexdigest()[:15], 16)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings under the old key that keep every generation."""
    return replace(settings_for(tmp_path / "build", keep=9), pseudonym_key=OLD)


def build_work_area(settings: Settings) -> None:
    """Leave what a batch leaves: vaults, delivered files, facts."""
    key = settings.pseudonym_key
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    settings.work_db.unlink(missing_ok=True)
    with duckdb.connect(str(settings.work_db)) as connection:
        connection.execute("create schema restricted; create schema raw")
        for kind in ("line", "customer"):
            connection.execute(
                f"create table restricted.stg_operator__{kind}_vault as select * from (values "
                + ", ".join(f"('{name}', {key_of(key, kind, name)})" for name in LINES)
                + f") as v ({kind}_id, {kind}_key)"
            )
        connection.execute(
            "create table raw.raw_batch_files as select * from (values "
            + ", ".join(f"('2025-03-31', '{sha256}')" for sha256 in OPENING)
            + f", ('2026-01-31', '{'c' * 64}')) as v (batch_date, sha256)"
        )
    work_area.write_facts(
        settings,
        Intake(
            as_of_date=DAY,
            batches=2,
            sample_rate=Decimal(1),
            is_demo=False,
            book_id=published_ledger.book_id(OPENING, key),
            delivery_sha256="d",
            reference_sha256="r",
            rows={},
        ),
    )


def publish(settings: Settings, entries: dict[str, tuple[str, int | None]]) -> None:
    """Publish entries: id to source and line."""
    build_candidate(settings, 1)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.candidate_db}' as candidate")
        columns = ", ".join(
            f"{name} {types().get(name, 'varchar')}" for name in published_ledger.COLUMNS
        )
        table = "candidate.compensation.fct_ledger_entries"
        connection.execute(f"create table {table} ({columns})")
        for entry_id, (source_id, line_key) in entries.items():
            connection.execute(
                f"insert into {table} (entry_id, source_id, line_key, known_from, amount_krw, "
                "reverses_entry_id) values (?, ?, ?, ?, 1, ?)",
                [entry_id, source_id, line_key, DAY, f"x-{line_key}" if line_key else None],
            )
    book = published_ledger.book_id(OPENING, settings.pseudonym_key)
    facts = {**FACTS, "as_of_date": DAY, "is_demo": False, candidate.BOOK_FACT: book}
    publishing.publish(settings, publishing.new_generation_id(settings), facts)


def entries_under(key: str) -> dict[str, tuple[str, int | None]]:
    """Entries of claims, named after their lines, and of documents, named by their own ids."""
    found: dict[str, tuple[str, int | None]] = {"levy:plan-2026@2026-01-31": ("plan-2026", None)}
    for line in LINES[:20]:
        line_key = key_of(key, "line", line)
        source = f"waiver-{line_key}"
        found[f"refund:{source}@2026-01-31"] = (source, line_key)
        found[f"bill:B{line[1:]}@2026-01-31"] = (f"B{line[1:]}", line_key)
    return found


def brought(settings: Settings) -> dict[str, tuple[str, int | None, str | None]]:
    settings.work_db.unlink()
    book = published_ledger.book_id(OPENING, settings.pseudonym_key)
    published_ledger.bring(settings, book, DAY)
    with duckdb.connect(str(settings.work_db)) as connection:
        try:
            rows = connection.execute(
                "select entry_id, source_id, line_key, reverses_entry_id "
                "from published.ledger_entries"
            ).fetchall()
        except duckdb.CatalogException:
            return {}
    return {entry_id: (source, line_key, other) for entry_id, source, line_key, other in rows}


def expected_under(key: str) -> dict[str, tuple[str, int | None, str | None]]:
    return {
        entry_id: (source, line_key, f"x-{line_key}" if line_key else None)
        for entry_id, (source, line_key) in entries_under(key).items()
    }


@pytest.mark.fault(
    kind="privacy",
    tried="the pseudonym key is replaced, twice",
    holds="the books go on under the new names, entry by entry, and nothing published is touched",
)
def test_the_books_go_on_under_a_new_key(settings: Settings) -> None:
    build_work_area(settings)
    publish(settings, entries_under(OLD))
    first = publishing.generations(settings)[0]
    before = fingerprints.of_file(first.path)
    rotated = replace(settings, pseudonym_key=NEW, previous_pseudonym_key=OLD)
    key_rotation.rotate(rotated)
    # The batch runs with the new key alone.
    follower = replace(settings, pseudonym_key=NEW)
    assert brought(follower) == expected_under(NEW)
    build_work_area(follower)
    publish(follower, entries_under(NEW))
    key_rotation.rotate(replace(settings, pseudonym_key=NEWEST, previous_pseudonym_key=NEW))
    latest = replace(settings, pseudonym_key=NEWEST)
    assert brought(latest) == expected_under(NEWEST)
    # From the first books as well, through two maps.
    publishing.generations(settings)[-1].path.unlink()
    assert brought_again(latest) == expected_under(NEWEST)
    assert fingerprints.of_file(first.path) == before


def brought_again(settings: Settings) -> dict[str, tuple[str, int | None, str | None]]:
    settings.work_db.touch()
    return brought(settings)


@pytest.mark.fault(
    kind="privacy",
    tried="a new key without the one before it",
    holds="there is no map, and a carrier's own batch is refused rather than started on new books",
)
def test_without_the_previous_key_there_is_no_map(settings: Settings) -> None:
    build_work_area(settings)
    publish(settings, entries_under(OLD))
    for previous in ("", NEW, "another-key-that-was-never-in-force"):
        with pytest.raises(BadInput) as caught:
            key_rotation.rotate(
                replace(settings, pseudonym_key=NEW, previous_pseudonym_key=previous)
            )
        assert OLD not in str(caught.value)
        assert NEW not in str(caught.value)
    assert vault.rotations(settings) == ()
    assert not list(settings.vault_dir.glob("*-*.duckdb"))
    assert brought(replace(settings, pseudonym_key=NEW)) == {}


def test_a_line_of_the_books_that_the_last_batch_lacks_stops_the_rotation(
    settings: Settings,
) -> None:
    build_work_area(settings)
    publish(settings, {"refund:waiver-7@2026-01-31": ("waiver-7", 7)})
    with pytest.raises(BadInput, match="1 lines of the published books"):
        key_rotation.rotate(replace(settings, pseudonym_key=NEW, previous_pseudonym_key=OLD))
    assert vault.rotations(settings) == ()


def test_old_and_new_meet_in_the_vault_alone(settings: Settings) -> None:
    build_work_area(settings)
    publish(settings, entries_under(OLD))
    rotated = replace(settings, pseudonym_key=NEW, previous_pseudonym_key=OLD)
    rotation = key_rotation.rotate(rotated)
    with duckdb.connect(str(settings.vault_dir / rotation.map_file), read_only=True) as connection:
        pairs = set(connection.execute("from pseudonyms").fetchall())
    assert pairs == {
        (kind, key_of(OLD, kind, line), key_of(NEW, kind, line))
        for kind in ("line", "customer")
        for line in LINES
    }
    for path in settings.vault_dir.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert settings.vault_dir.stat().st_mode & 0o777 == 0o700
    files = [*settings.vault_dir.iterdir(), *settings.published_dir.iterdir()]
    assert not [path for path in files for key in (OLD, NEW) if key.encode() in path.read_bytes()]
    (record,) = (each for each in audit_trail.read(rotated) if each.kind == "key_rotated")
    assert record.facts["mapped"] == {"line": len(LINES), "customer": len(LINES)}
    assert audit_trail.verify(rotated).is_sound


def test_rotated_books_do_not_keep_generations_of_the_old_key(settings: Settings) -> None:
    settings = replace(settings, keep_generations=2)
    build_work_area(settings)
    publish(settings, entries_under(OLD))
    old = publishing.generations(settings)[0]
    key_rotation.rotate(replace(settings, pseudonym_key=NEW, previous_pseudonym_key=OLD))
    follower = replace(settings, pseudonym_key=NEW)
    build_work_area(follower)
    for _ in range(3):
        publish(follower, entries_under(NEW))
    assert not old.path.exists()


def test_the_pseudonym_is_that_of_the_models() -> None:
    sql = rendered_text("select {{ pseudonym('line', 'line_id') }} from (select ? as line_id)")
    with duckdb.connect() as connection:
        connection.execute("set variable pseudonym_key = ?", [OLD])
        ((by_model,),) = connection.execute(sql, [LINES[3]]).fetchall()
        text = key_rotation.PSEUDONYM.format(
            key="getvariable('pseudonym_key')", kind="line", identifier="?"
        )
        ((by_rotation,),) = connection.execute(f"select {text}", [LINES[3]]).fetchall()
    assert by_model == by_rotation == key_of(OLD, "line", LINES[3])


def test_rotations_lead_from_key_to_key(settings: Settings) -> None:
    for number, (old, new) in enumerate(((OLD, NEW), (NEW, NEWEST))):
        names = keys.name_of(old), keys.name_of(new)
        vault_settings = settings
        vault_settings.vault_dir.mkdir(parents=True, exist_ok=True)
        vault.register(
            vault_settings, vault.Rotation("t", *names, f"book-{number}", f"book-{number + 1}", "m")
        )
    assert vault.leads(settings, keys.name_of(OLD), keys.name_of(NEWEST))
    assert not vault.leads(settings, keys.name_of(NEWEST), keys.name_of(OLD))
    assert vault.successor(settings, "book-0") == "book-2"
    assert vault.successor(settings, "book-2") == ""
    assert json.loads((settings.vault_dir / "rotations.json").read_text())[0]["at"] == "t"


@pytest.mark.fault(
    kind="privacy",
    tried="a carrier's own exports are run with another key than the generation before",
    holds="the batch is refused until the key is rotated: a wrong setting cuts nobody's books",
)
def test_another_key_than_the_last_one_is_refused_until_it_is_rotated(settings: Settings) -> None:
    other = replace(settings, pseudonym_key=NEW)
    intake_key.require(other, "landing")  # nothing is published yet
    build_work_area(settings)
    publish(settings, entries_under(OLD))
    intake_key.require(settings, "landing")
    with pytest.raises(BadInput, match="not the one that was published with") as caught:
        intake_key.require(other, "landing")
    assert NEW not in str(caught.value)
    key_rotation.rotate(replace(other, previous_pseudonym_key=OLD))
    intake_key.require(other, "landing")
    # Under the new key once, there is no way back to the old one.
    build_work_area(other)
    publish(other, entries_under(NEW))
    with pytest.raises(BadInput, match="not the one that was published with"):
        intake_key.require(settings, "landing")
