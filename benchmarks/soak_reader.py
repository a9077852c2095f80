"""A reader of the soak: opens the published link again and again, and checks what it finds.

    python -m benchmarks.soak_reader <published/current.duckdb> <pause in seconds>

Belongs here: what makes a generation whole in the eyes of a reader. Does not belong here: what is
done to the batch meanwhile (soak).

A generation is whole if it says the name of its file, holds as many rows per table as it says, and
looks the same every time; where the soak has stamped it, every schema bears one stamp. Every
twentieth time the reader changes its long-lived connection, which it asks again in between.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

import duckdb

from orchestration import candidate
from orchestration.sql_text import quoted

#: Table that the soak puts into every schema of what it publishes.
STAMP: Final = "soak_stamp"

_TABLES_COUNTED: Final = 8


def look(connection: duckdb.DuckDBPyConnection, turn: int) -> tuple[str, Any]:
    """Return the name of a generation and what it looks like.

    Args:
        connection: open on a generation.
        turn: which tables are counted in this turn.

    Raises:
        AssertionError: it is not whole.
    """
    ((name, text),) = connection.execute(
        f"select generation_id, row_counts from {candidate.FACTS_TABLE}"  # noqa: S608
    ).fetchall()
    stated: dict[str, int] = json.loads(text)
    tables = sorted(stated)
    first = turn * _TABLES_COUNTED % len(tables)
    for table in tables[first : first + _TABLES_COUNTED]:
        query = f"select count(*) from {quoted(*table.split('.'))}"  # noqa: S608
        ((rows,),) = connection.execute(query).fetchall()
        if rows != stated[table]:
            raise AssertionError(f"{name}: {table} has {rows} rows, not {stated[table]}")
    stamped = [table for table in tables if table.endswith(f".{STAMP}")]
    stamps = {
        connection.execute(f"from {quoted(*table.split('.'))}").fetchall()[0][0]
        for table in stamped
    }
    if stamped and (len(stamps) != 1 or len(stamped) != len(candidate.SCHEMAS)):
        raise AssertionError(f"{name}: mixed, stamps {sorted(stamps)}")
    return name, (text, stamps)


def main() -> None:
    """Read until standard input ends; print what came of it as one JSON object."""
    current, pause = Path(sys.argv[1]), float(sys.argv[2])
    stopped = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    reads, errors, mixed = 0, [], []
    seen: dict[str, Any] = {}
    held: duckdb.DuckDBPyConnection | None = None
    held_name = ""
    while not stopped.is_set():
        try:
            with duckdb.connect(str(current), read_only=True) as connection:
                name, looks = look(connection, reads)
            if seen.setdefault(name, looks) != looks:
                mixed.append(f"{name} does not look as it did")
            if held is None or reads % 20 == 0:
                if held is not None:
                    held.close()
                held = duckdb.connect(str(current.resolve()), read_only=True)
                held_name = look(held, 0)[0]
                if held_name not in str(held.execute("pragma database_list").fetchall()):
                    mixed.append(f"{held_name} stands in a file of another name")
            elif look(held, reads)[0] != held_name:
                mixed.append(f"{held_name} changed under a reader")
        except AssertionError as error:
            mixed.append(str(error))
        except duckdb.Error as error:
            errors.append(str(error))
        reads += 1
        stopped.wait(pause)
    print(
        json.dumps(
            {
                "reads": reads,
                "generations": len(seen),
                "errors": errors[:5],
                "mixed": mixed[:5],
                "failed": len(errors) + len(mixed),
                "at": time.time(),
            }
        )
    )


if __name__ == "__main__":
    main()
