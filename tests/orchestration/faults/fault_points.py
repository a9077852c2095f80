"""Publishers that die in front of the n-th system call, one after the other, in children.

    python fault_points.py publish <build_dir>     die at every step of publishing
    python fault_points.py rollback <build_dir>    die at every step of a roll-back
    python fault_points.py full <build_dir>        publish with files that may not grow, at any size

Prints one JSON object per child: where it died, and what readers see afterwards. Children are
killed for good (SIGKILL): nothing is tidied up. The parent opens no database, it only forks.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration import publishing, rollback
from orchestration.errors import OperatorError
from tests.unit import publisher

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.settings import Settings

#: What changes a folder: a kill between two of them leaves what one in front of the second does.
CALLS = ("rename", "replace", "symlink", "chmod", "unlink")


def in_child(work: Callable[[], Any]) -> int:
    """Do something in a child; returns how that ended, as `os.waitstatus_to_exitcode`."""
    child = os.fork()
    if not child:
        work()
        sys.stdout.flush()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def told(work: Callable[[], Any]) -> Any:
    """Do something in a child and return what it made of it, as JSON carries it."""
    ours, theirs = os.pipe()

    def tell() -> None:
        os.write(theirs, json.dumps(work()).encode())

    code = in_child(tell)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        text = answer.read()
    if code:
        raise SystemExit(f"a child ended with {code}")
    return json.loads(text)


def die_before(step: int) -> None:
    """Patch this process so that it is killed in front of its n-th call, counted from 0."""
    counted = iter(range(1000))

    def deadly(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if next(counted) == step:
                print(json.dumps({"step": step, "before": name}), flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return wrapped

    for name in CALLS:
        setattr(os, name, deadly(name, getattr(os, name)))


def seen(settings: Settings) -> dict[str, Any]:
    """What a reader finds: number of the generation, checksums of all, names in the folder."""
    with duckdb.connect(str(settings.current_db), read_only=True) as connection:
        number = publisher.check(connection)
    return {
        "number": number,
        "current": settings.current_db.resolve().stem,
        "sums": {
            each.generation_id: hashlib.sha256(each.path.read_bytes()).hexdigest()
            for each in publishing.generations(settings)
        },
        "names": sorted(path.name for path in settings.published_dir.iterdir()),
    }


def recovered(settings: Settings) -> dict[str, Any]:
    """Publish over whatever was left, and look."""
    publisher.publish(settings, 1)
    return seen(settings)


def die_everywhere(settings: Settings, act: Callable[[Settings], Any]) -> None:
    """Let a child act and die in front of every step until one gets to the end."""
    before = told(lambda: seen(settings))
    for step in range(100):

        def act_and_die(step: int = step) -> None:
            die_before(step)
            act(settings)

        code = in_child(act_and_die)
        after = told(lambda: seen(settings))
        print(json.dumps({"code": code, "before": before, "after": after}), flush=True)
        if code == 0:
            return
        before = told(lambda: recovered(settings))
    raise SystemExit("no end of steps")


def publish(settings: Settings) -> None:
    """Publish number 2 over number 1."""
    publisher.publish(settings, 2)


def roll_back(settings: Settings) -> None:
    """Return to the generation before."""
    rollback.roll_back(settings)


def fill_the_disk(settings: Settings) -> None:
    """Publish a candidate while no file may grow beyond a limit, from none to enough."""
    told(lambda: publisher.build_candidate(settings, 2))
    size = settings.candidate_db.stat().st_size
    for limit in (4096, size // 2, size - 4096, size, size + 4096):
        told(lambda: publisher.build_candidate(settings, 2))

        def act(limit: int = limit) -> dict[str, Any]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            facts = {**publisher.FACTS, "padding": "x" * 600_000}
            try:
                publishing.publish(settings, publishing.new_generation_id(settings), facts)
            except OperatorError as error:
                return {"refused": str(error)}
            return {"refused": ""}

        outcome = told(act)
        print(json.dumps({**outcome, "after": told(lambda: seen(settings))}), flush=True)


def main() -> None:
    """Do what the command line asks for."""
    what, build_dir = sys.argv[1], Path(sys.argv[2])
    settings = replace(publisher.settings_for(build_dir), keep_generations=3)
    for number in (1, 1):
        told(lambda number=number: str(publisher.publish(settings, number)))
    if what == "full":
        fill_the_disk(settings)
    else:
        die_everywhere(settings, {"publish": publish, "rollback": roll_back}[what])


if __name__ == "__main__":
    main()
