"""Checksums of tables that do not depend on the order of their rows, by bucket of the key.

Belongs here: measuring a table, and naming the buckets in which two differ. Does not belong here:
what a difference means.

A bucket holds the rows whose key hashes to it, a few hundred of them in a large table. So the rows
that differ between two generations of millions of rows are found among the few that stand in
buckets of another checksum. The checksum is a sum of 64-bit hashes of whole rows, exact in every
column, doubles by value: rows in another order leave it as it is, one row twice does not. DuckDB's
hash is not promised to stay the same from version to version: sums of two versions are never
compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

ROWS_PER_BUCKET: Final = 256
MOST_BUCKETS: Final = 65_536

#: The columns of a measurement, as `fct_table_checksums` has them.
COLUMNS: Final = ("published_table", "bucket", "bucket_count", "row_count", "checksum")


def bucket_count(rows: int, before: int = 0) -> int:
    """Choose a power of two; the one used before if it still does, so that buckets compare."""
    wanted = 1
    while wanted < MOST_BUCKETS and wanted * ROWS_PER_BUCKET < rows:
        wanted *= 2
    return before if before and wanted / 4 <= before <= wanted * 4 else wanted


def bucket_of(key: Sequence[str], buckets: int) -> str:
    """Write the bucket of a row as SQL; `buckets` is a power of two."""
    return "0" if buckets == 1 else f"cast(hash({', '.join(key)}) & {buckets - 1} as integer)"


def measuring(
    relation: str,
    name: str,
    key: Sequence[str],
    columns: Sequence[str],
    buckets: int,
) -> str:
    """Write the query that measures a table.

    Args:
        relation: the table, or some of its rows.
        name: how readers call it.
        key: expressions of its key.
        columns: what the checksum covers, in this order.
        buckets: from `bucket_count`.
    """
    row = ", ".join(quoted(column) for column in columns)
    return (
        f"select {literal(name)} as published_table, {bucket_of(key, buckets)} as bucket, "  # noqa: S608
        f"{buckets} as bucket_count, count(*) as row_count, "
        f"cast(sum(hash({row})) as decimal(38, 0)) as checksum from {relation} "
        "group by all having count(*) > 0"
    )


def carried(name: str, stored: str, gone: str, come: str) -> str:
    """Write the query that carries a measurement on, without reading the rows that stayed.

    A checksum is a sum: what it lacks of another one is the sum of the rows that went or came.

    Args:
        name: how readers call the table.
        stored: relation of measurements, by as many buckets.
        gone: from `measuring`, of the rows of then that are not there any more, or may not be.
        come: from `measuring`, of the rows of now in their place.
    """
    return (
        "select published_table, bucket, bucket_count, "  # noqa: S608
        "cast(sum(row_count) as bigint) as row_count, "
        "cast(sum(checksum) as decimal(38, 0)) as checksum from ("
        f"select {', '.join(COLUMNS)} from {stored} where published_table = {literal(name)} "
        f"union all by name select * replace (-row_count as row_count, -checksum as checksum) "
        f"from ({gone}) union all by name {come}) group by all having sum(row_count) > 0"
    )


def differing(connection: duckdb.DuckDBPyConnection, name: str, one: str, other: str) -> list[int]:
    """List the buckets of a table in which two relations of measurements differ."""
    one_table, other_table = (
        f"(select bucket, row_count, checksum from {relation} "  # noqa: S608
        f"where published_table = {literal(name)})"
        for relation in (one, other)
    )
    found = connection.execute(
        f"select bucket from {one_table} as one full join {other_table} as other using (bucket) "  # noqa: S608
        "where (one.row_count, one.checksum) is distinct from (other.row_count, other.checksum)"
    ).fetchall()
    return [bucket for (bucket,) in found]
