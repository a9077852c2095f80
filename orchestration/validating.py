"""The process that judges tables by their suites, and a second one that takes turns with it.

Belongs here: answering the questions of `validator`, two tables at a time. Does not belong here:
judging (expectations), what a verdict means for a run.

Great Expectations is Python, and one interpreter keeps one core busy. So the process forks once
when its imports are done, which costs neither their time nor their memory again, and each table is
judged by whichever of the two is free. Both hold the database open for reading, with half of what
DuckDB may hold each. Where a fork is not safe there is no second one, and verdicts are the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

from orchestration import memory_sizes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from expectations.verdicts import TableVerdict

    _Question: TypeAlias = tuple[str, Path, Collection[str]]
    _Answer: TypeAlias = tuple[Mapping[str, TableVerdict], str]

#: On other systems libraries that were imported may not live through a fork.
_FORKS: Final = sys.platform == "linux"


class _Turns:
    """Numbers of the tables of a question, each taken by one of two processes.

    In a pipe, and not a counter with a lock: a process that is killed keeps no lock.
    """

    _BYTES: Final = 2

    def __init__(self) -> None:
        self._taken, self._given = os.pipe()
        os.set_blocking(self._taken, False)

    def give(self, count: int) -> None:
        """Give out the numbers below `count`, and none that an answer without judging left."""
        while self._number() is not None:
            pass
        os.write(self._given, b"".join(n.to_bytes(self._BYTES, "big") for n in range(count)))

    def take(self, tables: Sequence[str]) -> Iterator[str]:
        """Take one table after the other until all are taken."""
        while (number := self._number()) is not None:
            yield tables[number]

    def _number(self) -> int | None:
        try:
            return int.from_bytes(os.read(self._taken, self._BYTES), "big")
        except BlockingIOError:
            return None


class _Second:
    """The second process, as the first one sees it."""

    def __init__(self, asks: Connection, memory_limit: str | None) -> None:
        self.turns = _Turns()
        self._connection, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        fork.Process(
            target=self._serve, args=(theirs, asks, memory_limit), name="second", daemon=True
        ).start()
        theirs.close()

    def ask(self, question: _Question) -> None:
        self.turns.give(len(set(question[2])))
        self._connection.send(question)

    def answer(self) -> _Answer:
        """Wait for what it says. EOFError, where it is gone, ends the first one too."""
        found: _Answer = self._connection.recv()
        return found

    def _serve(self, questions: Connection, asks: Connection, memory_limit: str | None) -> None:
        self._connection.close()
        # Who asked waits for the end of this connection, which has to be the first one's alone.
        asks.close()
        threading.Thread(target=_end_with_first, daemon=True).start()
        while True:
            try:
                question = questions.recv()
            except EOFError:
                return
            questions.send(_judge(question, memory_limit, self.turns))


def serve(connection: Connection, memory_limit: str | None) -> None:
    """Answer until nobody is there to ask."""
    from expectations.validate import load  # noqa: PLC0415 - slow

    load()
    second = None
    if _FORKS:
        memory_limit = memory_sizes.half(memory_limit) if memory_limit else None
        second = _Second(connection, memory_limit)
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    while True:
        try:
            question = connection.recv()
        except EOFError:
            return
        if second is None:
            connection.send(_judge(question, memory_limit, None))
            continue
        second.ask(question)
        found, error = _judge(question, memory_limit, second.turns)
        others, their_error = second.answer()
        connection.send((dict(sorted({**found, **others}.items())), error or their_error))


def _judge(question: _Question, memory_limit: str | None, turns: _Turns | None) -> _Answer:
    from expectations.redaction import redacted  # noqa: PLC0415 - as the next
    from expectations.validate import validate_layer  # noqa: PLC0415 - slow

    layer, database, tables = question
    turn: Any = turns.take if turns else None
    try:
        return validate_layer(layer, database, tables, memory_limit=memory_limit, turns=turn), ""
    except Exception:  # noqa: BLE001 - crosses a process: raised again by who asked
        return {}, redacted(traceback.format_exc())


def _end_with_standard_input() -> None:
    """End in the middle of a question when who asked is gone: the next batch needs the database."""
    os.read(sys.stdin.fileno(), 1)  # not through a buffer: its lock would be missed at the end
    os._exit(1)


def _end_with_first() -> None:
    """End in the middle of a question when the first process is gone."""
    first = multiprocessing.parent_process()
    if first:
        first.join()
    os._exit(1)


if __name__ == "__main__":
    # Ctrl-C goes to the whole terminal group; who asked decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(Connection(int(sys.argv[1])), sys.argv[2] or None)
