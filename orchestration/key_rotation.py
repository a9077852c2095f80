"""`python -m orchestration.key_rotation`: from the pseudonym key in force to a new one.

Belongs here: making the map from pseudonyms of the old key to those of the new one. Does not belong
here: where maps are kept and what they lead to (vault), reading published entries
(published_ledger), the keys' strength (keys).

To be run once, between two batches, with both keys. It reads the identifiers that the last batch
left in its restricted schema, checks that their pseudonyms are those of the old key, and writes
old and new side by side into the vault. The next batch, under the new key, takes over the books of
the old one with every line renamed; what was published under the old key stays as it is and can be
joined with what comes through the vault alone. Without the old key there is no map: pseudonyms
cannot be turned back into identifiers, by us neither.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration import (
    audit_trail,
    batch_lock,
    clock,
    file_modes,
    fingerprints,
    keys,
    published_ledger,
    vault,
    work_area,
)
from orchestration.audit_records import Event
from orchestration.errors import BadInput, OperatorError
from orchestration.settings import DEMO_PSEUDONYM_KEY, Settings
from orchestration.sql_text import literal
from orchestration.vault import Rotation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


#: Kind of pseudonym: relation of the restricted schema, identifier, pseudonym.
_VAULTS: Final = {
    "line": ("restricted.stg_operator__line_vault", "line_id", "line_key"),
    "customer": ("restricted.stg_operator__customer_vault", "customer_id", "customer_key"),
}

#: The pseudonym of an identifier, as macros/pseudonym.sql has it.
PSEUDONYM: Final = (
    "cast('0x' || substr(sha256({key} || ':{kind}:' || {identifier}), 1, 15) as bigint)"
)


def rotate(settings: Settings) -> Rotation:
    """Write the map from the previous key to the key in force; to be called under the batch lock.

    Raises:
        BadInput: a key is missing or wrong, or there is no batch of the previous key to start from.
    """
    old, new = settings.previous_pseudonym_key, settings.pseudonym_key
    _require_keys(old, new)
    batch = work_area.read_facts(settings)
    if not batch.is_demo and (weakness := keys.weakness(new)):
        raise BadInput(
            f"The new pseudonym key is too weak: {weakness}",
            "AFTERMATH_PSEUDONYM_KEY",
            "make one with `python -c 'import secrets; print(secrets.token_urlsafe(32))'`",
        )
    name = f"{keys.name_of(old)}-{keys.name_of(new)}.duckdb"
    opening, counts = _write_map(settings, old, new, settings.vault_dir / name)
    rotation = Rotation(
        at=dt.datetime.now(clock.KST).isoformat(timespec="seconds"),
        old_key=keys.name_of(old),
        new_key=keys.name_of(new),
        old_book=batch.book_id,
        new_book=published_ledger.book_id(opening, new),
        map_file=name,
    )
    if published_ledger.book_id(opening, old) != rotation.old_book:
        raise _not_of("its books are not those of that key")
    _require_complete(settings, rotation)
    facts = {**asdict(rotation), "mapped": counts}
    facts["map_sha256"] = fingerprints.of_file(settings.vault_dir / name)
    audit_trail.append(settings, Event("key_rotated", facts=facts))
    vault.register(settings, rotation)
    return rotation


def _require_keys(old: str, new: str) -> None:
    if not old or not new or old == new:
        raise BadInput(
            "A rotation needs both keys, and they have to differ",
            "AFTERMATH_PREVIOUS_PSEUDONYM_KEY[_FILE] and AFTERMATH_PSEUDONYM_KEY[_FILE]",
            "set the former to the key of the last batch and the latter to the new one; who left "
            f"the demo key behind gives {DEMO_PSEUDONYM_KEY} as the previous one",
        )


def _write_map(
    settings: Settings, old: str, new: str, target: Path
) -> tuple[list[str], dict[str, int]]:
    """Write old and new pseudonyms; returns the checksums of the opening batch and rows by kind."""
    file_modes.make_private(settings.vault_dir)
    written = target.with_name(f"{target.name}.new")
    written.unlink(missing_ok=True)
    counts: dict[str, int] = {}
    with duckdb.connect(str(written)) as connection:
        written.chmod(0o600)
        connection.execute("set variable old_key = ?", [old])
        connection.execute("set variable new_key = ?", [new])
        connection.execute(f"attach {literal(str(settings.work_db))} as work (read_only)")
        connection.execute("create table pseudonyms (kind text, old_key bigint, new_key bigint)")
        for kind, (relation, identifier, pseudonym) in _VAULTS.items():
            before, after = (
                PSEUDONYM.format(key=f"getvariable('{key}')", kind=kind, identifier=identifier)
                for key in ("old_key", "new_key")
            )
            try:
                ((others,),) = connection.execute(
                    f"select count(*) from work.{relation} where {before} != {pseudonym}"  # noqa: S608
                ).fetchall()
                if others:
                    raise _not_of(f"{others:,} pseudonyms are not of that key")
                connection.execute(
                    "insert into pseudonyms "  # noqa: S608
                    f"select '{kind}', {pseudonym}, {after} from work.{relation} order by 2"
                )
            except duckdb.CatalogException as error:
                raise _not_of(f"{relation} is not there") from error
            ((counts[kind],),) = connection.execute(
                f"select count(*) from pseudonyms where kind = '{kind}'"  # noqa: S608
            ).fetchall()
        opening = connection.execute(
            "select sha256 from work.raw.raw_batch_files "
            "where batch_date = (select min(batch_date) from work.raw.raw_batch_files)"
        ).fetchall()
    written.replace(target)
    return [sha256 for (sha256,) in opening], counts


def _not_of(why: str) -> BadInput:
    return BadInput(
        f"The last batch was not built under the previous key: {why}",
        "the work database",
        "give the key of the last batch as the previous one, or run a batch with it first",
    )


def _require_complete(settings: Settings, rotation: Rotation) -> None:
    """Every line in the books must have a new name, or its entries would be nobody's."""
    path = published_ledger.newest_of(settings, rotation.old_book)
    if path is None:
        return
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(path))} as books (read_only)")
        mapped = literal(str(settings.vault_dir / rotation.map_file))
        connection.execute(f"attach {mapped} as renamed (read_only)")
        ((lost,),) = connection.execute(
            "select count(distinct line_key) from books.compensation.fct_ledger_entries "
            "where line_key not in (select old_key from renamed.pseudonyms where kind = 'line')"
        ).fetchall()
    if lost:
        raise BadInput(
            f"{lost:,} lines of the published books are not in the last batch",
            str(path),
            "run a batch as of the newest day under the previous key, then rotate",
        )


def main(_: Sequence[str] | None = None) -> int:
    """Rotate and tell what came of it; returns the exit code."""
    try:
        settings = Settings.from_env()
        with batch_lock.hold(settings):
            rotation = rotate(settings)
    except (OperatorError, ValueError) as error:
        print(f"Nothing was rotated.\n{error}", file=sys.stderr)
        return 1
    print(
        f"Key {rotation.old_key} is followed by {rotation.new_key}; the map is "
        f"{settings.vault_dir / rotation.map_file}.\nRun the next batch with the new key alone."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
