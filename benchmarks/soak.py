"""Kills and publications without end, under the eyes of readers: `python -m benchmarks.soak`.

    python -m benchmarks.soak --kills 200 --batches 1000     the whole soak: two to three hours
    python -m benchmarks.soak --kills 12 --batches 100       a short one

Belongs here: what is done to real batches, what is checked after each, and the record for
docs/reliability.md. Does not belong here: what a reader checks (soak_reader), the page
(tests/fault_record.py).

Two parts, each in a build directory of its own below `--build`, each resumed where it stopped:

- *kills*: real batches on the bundled sample, killed with SIGKILL at a random moment. After every
  kill the published file has to be whole, no byte of any generation changed, and nobody may hold a
  database of the work area; after every few the next batch has to succeed without hands.
- *batches*: the last generation of the first part is published again and again as another one, and
  what a batch records besides is recorded: a tenth of the events of a real run through Dagster's
  own storage, its Data Docs, its logs. Retention runs as in a batch. Sizes are measured as it goes.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.settings import PROJECT_DIR, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Batches are killed in a row, then one has to succeed.
KILLS_IN_A_ROW = 5
READERS = 2
RUN = (sys.executable, "-m", "orchestration.run")


class SoakError(Exception):
    """Something that has to hold did not; the message says what, and after which kill."""


class State:
    """Numbers of a part, kept after every step so that it can go on where it stopped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.values: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def add(self, **more: float) -> None:
        """Add to numbers and keep them."""
        for name, number in more.items():
            self.values[name] = self.values.get(name, 0) + number
        self.keep()

    def keep(self) -> None:
        """Write the numbers down."""
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self.values, indent=1))
        beside.replace(self._path)

    def get(self, name: str, default: Any = 0) -> Any:
        """Tell a number of the part."""
        return self.values.get(name, default)


def settings_of(build_dir: Path) -> Settings:
    """Give the settings of a part."""
    build_dir.mkdir(parents=True, exist_ok=True)
    os.environ["AFTERMATH_BUILD_DIR"] = str(build_dir)
    return replace(Settings.from_env(), build_dir=build_dir.resolve())


@contextmanager
def readers(settings: Settings, state: State, pause: float) -> Iterator[None]:
    """Let readers poll the published link all along; counts what they found when it ends."""
    command = [sys.executable, "-m", "benchmarks.soak_reader", str(settings.current_db), str(pause)]
    started = [
        subprocess.Popen(  # noqa: S603 - our own module, no shell
            command, cwd=PROJECT_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(READERS)
    ]
    try:
        yield
    finally:
        for reader in started:
            told = json.loads(reader.communicate()[0])
            state.add(reads=told["reads"], reads_failed=told["failed"])
            for words in (*told["errors"], *told["mixed"]):
                print(f"  reader: {words}", file=sys.stderr)


def checksums(settings: Settings) -> dict[str, str]:
    """Checksum of every published generation, by the name of its file."""
    found = {}
    for path in sorted(settings.published_dir.glob("*.duckdb")):
        if not path.is_symlink():
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def require_whole(settings: Settings, before: dict[str, str], where: str) -> dict[str, str]:
    """Check the published folder after a kill; returns the checksums as they are now."""
    after = checksums(settings)
    changed = [name for name in before.keys() & after.keys() if before[name] != after[name]]
    if changed:
        raise SoakError(f"{where}: {changed[0]} has changed")
    code = (
        "import sys, duckdb\n"
        "from benchmarks import soak_reader\n"
        "with duckdb.connect(sys.argv[1], read_only=True) as connection:\n"
        "    for turn in range(20):\n"
        "        soak_reader.look(connection, turn)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code, no shell
        [sys.executable, "-c", code, str(settings.current_db)],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SoakError(f"{where}: the current generation is not whole: {done.stderr[-500:]}")
    return after


def require_let_go(settings: Settings, where: str) -> None:
    """Check that nobody keeps a database of the work area a while after the kill."""
    deadline = time.monotonic() + 10
    for database in (settings.work_db, settings.candidate_db):
        while database.exists() and _is_locked(database):
            if time.monotonic() > deadline:
                raise SoakError(f"{where}: {database} is held by an orphan")
            time.sleep(0.05)


def _is_locked(database: Path) -> bool:
    descriptor = os.open(database, os.O_RDWR)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def step_of_last_run(settings: Settings, since: float) -> str:
    """Name the step that the newest run was in; a run without record had not come to one."""
    shards = [
        path
        for path in settings.dagster_home.glob("history/runs/*-*.db")
        if path.stat().st_mtime >= since
    ]
    if not shards:
        return "start, parse"
    newest = max(shards, key=lambda path: path.stat().st_mtime)
    with sqlite3.connect(f"file:{newest}?mode=ro", uri=True) as connection:
        row = connection.execute(
            "select step_key from event_logs where dagster_event_type = 'STEP_START' "
            "order by id desc limit 1"
        ).fetchone()
    return str(row[0]) if row else "start, parse"


@contextmanager
def batch(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Start a real batch; it does not outlive the block."""
    with (settings.build_dir / "batch.log").open("wb") as log:
        process = subprocess.Popen(RUN, cwd=PROJECT_DIR, stdout=log, stderr=log)  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def require_published(settings: Settings, process: subprocess.Popen[bytes], where: str) -> None:
    """Check that a batch that was left alone has published."""
    if process.wait():
        told = (settings.build_dir / "batch.log").read_text(errors="replace")
        raise SoakError(f"{where}: the next batch did not recover: {told[-2000:]}")


def succeed(settings: Settings, state: State, where: str) -> None:
    """Run a batch to its end; it has to publish without hands."""
    begun = time.monotonic()
    with batch(settings) as process:
        require_published(settings, process, where)
    state.add(recoveries=1)
    state.values["seconds"] = time.monotonic() - begun
    state.keep()


def kill_batches(settings: Settings, state: State, kills: int) -> None:
    """Kill so many batches in all, those of earlier calls included."""
    if not settings.current_db.exists():
        succeed(settings, state, "before the first kill")
    chance = random.Random(state.get("kills"))  # noqa: S311 - chance, not secrecy
    sums = require_whole(settings, {}, "before the first kill")
    with readers(settings, state, pause=0.5):
        while state.get("kills") < kills:
            number = state.get("kills") + 1
            seconds = chance.uniform(0.2, state.get("seconds"))
            begun = time.time()
            with batch(settings) as process:
                try:
                    process.wait(timeout=seconds)
                    phase = "ended before"
                    require_published(settings, process, f"before kill {number}")
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    phase = step_of_last_run(settings, begun)
            where = f"kill {number} after {seconds:.1f} s in {phase}"
            require_let_go(settings, where)
            sums = require_whole(settings, sums, where)
            if phase == "ended before":
                continue
            state.values.setdefault("phases", {})
            state.values["phases"][phase] = state.values["phases"].get(phase, 0) + 1
            state.add(kills=1)
            left = (kills - number) * state.get("seconds") * (0.5 + 1 / KILLS_IN_A_ROW)
            print(f"{where}: whole; {number} of {kills}, {left / 60:.0f} min left", flush=True)
            if number % KILLS_IN_A_ROW == 0 or number == kills:
                succeed(settings, state, where)
                sums = require_whole(settings, sums, f"batch after {where}")


def publish_batches(source: Settings, settings: Settings, state: State, batches: int) -> None:
    """Publish so many generations in all, and record what a batch records."""
    from benchmarks.soak_batches import Batches  # noqa: PLC0415 - slow, and not needed for kills

    work = Batches(source, settings)
    if not settings.current_db.exists():
        work.publish(0)
    begun, first = time.monotonic(), state.get("batches")
    sizes = state.values.setdefault("sizes", {})
    with readers(settings, state, pause=0.05):
        while state.get("batches") < batches:
            number = state.get("batches") + 1
            work.publish(number)
            work.record(number)
            state.add(batches=1)
            if number in {1, 10} or number % 50 == 0 or number == batches:
                sizes[str(number)] = work.sizes()
                state.keep()
                left = (time.monotonic() - begun) / (number - first) * (batches - number)
                print(f"{number} of {batches} batches, {left / 60:.0f} min left", flush=True)


def markdown(kills: State, batches: State, command: str) -> str:
    """Word the record: what was done and what was found."""
    phases = Counter(kills.get("phases", {}))
    sizes = batches.get("sizes", {})
    lines = [
        f"The last record, of `{command}`:",
        "",
        "| | kills of real batches | publications |",
        "|---|---:|---:|",
        f"| done | {kills.get('kills'):,} | {batches.get('batches'):,} |",
        f"| batches that had to recover, and did | {kills.get('recoveries'):,} | |",
        f"| reads of the published link meanwhile | {kills.get('reads'):,} | "
        f"{batches.get('reads'):,} |",
        f"| reads that failed or saw a mixture | {kills.get('reads_failed')} | "
        f"{batches.get('reads_failed')} |",
        "",
        "After every kill: the current generation opens and holds what it says, no byte of any "
        "generation has changed,",
        "and nobody holds a database of the work area. Killed in: "
        + ", ".join(f"{phase} {count}" for phase, count in phases.most_common())
        + ".",
        "",
        "What stands in the build directory after so many batches (files, MB):",
        "",
        "| batches | " + " | ".join(next(iter(sizes.values()), {})) + " |",
        "|---:|" + "---:|" * len(next(iter(sizes.values()), {})),
        *(
            f"| {int(number):,} | "
            + " | ".join(f"{files}, {size / 1e6:.1f}" for files, size in found.values())
            + " |"
            for number, found in sorted(sizes.items(), key=lambda item: int(item[0]))
        ),
    ]
    return "\n".join(lines) + "\n"


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Soak, and write the record into build/soak.json for docs/reliability.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of real batches, in all")
    parser.add_argument("--batches", type=int, default=1000, help="published and recorded, in all")
    parser.add_argument("--build", type=Path, default=PROJECT_DIR / "build" / "soak")
    parser.add_argument("--fresh", action="store_true", help="forget what was done before")
    given = parser.parse_args(argv)
    if given.fresh:
        shutil.rmtree(given.build, ignore_errors=True)
    given.build.mkdir(parents=True, exist_ok=True)
    kills, batches = (State(given.build / f"{part}.json") for part in ("kills", "batches"))
    # Stopped by hand, it counts what its readers have seen so far, and goes on from there.
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        killed = settings_of(given.build / "kills")
        kill_batches(killed, kills, given.kills)
        publish_batches(killed, settings_of(given.build / "batches"), batches, given.batches)
    except SoakError as error:
        print(f"NOT SURVIVED: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    failed = kills.get("reads_failed") + batches.get("reads_failed")
    command = f"make soak KILLS={kills.get('kills')} BATCHES={batches.get('batches')}"
    record = {"markdown": markdown(kills, batches, command)}
    target = PROJECT_DIR / "build" / "soak.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(record, indent=1) + "\n")
    print(record["markdown"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
