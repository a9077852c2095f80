"""A cluster on loopback loses a worker: the parts of it that need no Spark."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parity import cluster, loopback_cluster
from parity.loopback_cluster import Cluster, SilentLogError, end_group, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE = (
    "01:44:07.87 [info ] [Thread-3]: {n} of 214 OK created sql table model intermediate.int_{n} "
    "... [OK in 3.0s]"
)

#: Says that it is there as Spark's script does, and starts a child as a worker does its executor.
STAND_IN = """#!/bin/sh
case "$1" in
    *Master) echo 'I have been elected leader! New state: ALIVE' ;;
    *) echo 'Successfully registered with master spark://' ;;
esac
sleep 600 &
echo $! > "$(mktemp "$(dirname "$0")/children/XXXXXX")"
wait
"""


@pytest.fixture
def spark_home(tmp_path: Path) -> Path:
    script = tmp_path / "spark" / "bin" / "spark-class"
    (script.parent / "children").mkdir(parents=True)
    script.write_text(STAND_IN)
    script.chmod(0o755)
    return tmp_path / "spark"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    yield process
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()


def is_there(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def children(spark_home: Path) -> list[int]:
    return [int(file.read_text()) for file in (spark_home / "bin" / "children").iterdir()]


def wait_until_gone(pids: list[int]) -> list[int]:
    until = time.monotonic() + 5
    while (left := [pid for pid in pids if is_there(pid)]) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def wait_for_children(spark_home: Path, count: int) -> list[int]:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(ValueError):
            if len(found := children(spark_home)) == count:
                return found
        time.sleep(0.02)
    raise AssertionError(children(spark_home))


def test_the_wait_ends_with_the_line_that_was_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "dbt.log"

    def write() -> None:
        for number in range(1, 5):
            with log.open("a") as opened:
                opened.write("something else\n" + MADE.format(n=number) + "\n")
            time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    line = wait_for(log, "OK created .* intermediate", times=3, seconds=10)
    writer.join()
    assert cluster.model_of(line) == "intermediate.int_3"


def test_half_a_line_is_not_read(tmp_path: Path) -> None:
    log = tmp_path / "dbt.log"
    log.write_text(MADE.format(n=1))
    with pytest.raises(SilentLogError, match="in 0 s"):
        wait_for(log, "OK created", seconds=0)


def test_nothing_is_waited_for_from_a_writer_that_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(SilentLogError, match="its writer ended"):
        wait_for(tmp_path / "none.log", "ready", seconds=60, is_alive=lambda: False)
    assert time.monotonic() - begun < 5


def test_a_process_that_does_not_listen_is_ended_with_its_children() -> None:
    deaf = "trap '' TERM; sleep 600 & echo $!; while :; do sleep 1; done"
    process = subprocess.Popen(["sh", "-c", deaf], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout
    child = int(process.stdout.readline())
    end_group(process, seconds=0.2)
    process.stdout.close()
    assert process.returncode == -9
    assert wait_until_gone([child]) == []


def test_every_member_ends_with_the_cluster_even_if_the_build_fails(
    tmp_path: Path, spark_home: Path
) -> None:
    started: list[int] = []

    def fail_in_between() -> None:
        with Cluster(tmp_path / "cluster", spark_home) as opened:
            assert set(opened.members) == {"master", "worker-1", "worker-2"}
            started.extend(each.pid for each in opened.members.values())
            started.extend(wait_for_children(spark_home, 3))
            raise RuntimeError("the build failed")

    with pytest.raises(RuntimeError, match="the build failed"):
        fail_in_between()
    assert len(started) == 6
    assert wait_until_gone(started) == []


def test_a_cluster_that_does_not_come_up_leaves_nobody_behind(
    tmp_path: Path, spark_home: Path
) -> None:
    script = spark_home / "bin" / "spark-class"
    script.write_text(script.read_text().replace("*) echo", "*) exit 1; echo"))
    with (
        pytest.raises(SilentLogError, match=r"worker-1\.log: its writer ended"),
        Cluster(tmp_path / "cluster", spark_home),
    ):
        pass
    assert wait_until_gone(children(spark_home)) == []


def test_a_lost_worker_takes_its_executor_with_it_and_nobody_else(
    tmp_path: Path, spark_home: Path
) -> None:
    with Cluster(tmp_path / "cluster", spark_home) as opened:
        wait_for_children(spark_home, 3)
        lost = opened.lose("worker-1")
        assert opened.members["worker-1"].returncode == -9
        assert not is_there(lost)
        left = [opened.members[name].pid for name in ("master", "worker-2")]
        assert all(is_there(pid) for pid in left)
        until = time.monotonic() + 5
        while sum(map(is_there, children(spark_home))) != 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert sum(map(is_there, children(spark_home))) == 2


def test_the_worker_goes_when_enough_models_stand(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    log = tmp_path / "dbt.log"
    made = cluster.MODELS_BEFORE
    log.write_text("".join(MADE.format(n=number) + "\n" for number in range(1, made + 1)))
    opened = Cluster(tmp_path, tmp_path, members={cluster.LOST: sleeper})
    loss = cluster.lose_in_the_middle(opened, log, sleeper)
    assert (loss.pid, loss.models_before) == (sleeper.pid, made)
    assert loss.after == f"intermediate.int_{made}"
    assert sleeper.returncode == -9


def test_no_worker_goes_when_the_build_ended_before(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(SilentLogError):
        cluster.lose_in_the_middle(Cluster(tmp_path, tmp_path), tmp_path / "dbt.log", ended)


LOSS = cluster.Loss("worker-1", 7, "2026-01-01T00:00:00Z", "intermediate.int_20", 20)
EXECUTORS = [
    {"id": "0", "tasks": 900, "failed": 2, "removed": "worker lost"},
    {"id": "1", "tasks": 4000, "failed": 0, "removed": ""},
]


@pytest.mark.parametrize(
    ("models", "executors", "told"),
    [
        (104, EXECUTORS, []),
        (20, EXECUTORS, ["no model of the intermediate layer was built after the worker went"]),
        (104, EXECUTORS[1:] * 2, ["Spark did not notice that an executor went"]),
        (104, EXECUTORS[:1], ["Spark had one executor only"]),
    ],
)
def test_a_run_that_proves_nothing_says_so(
    models: int, executors: list[dict[str, object]], told: list[str]
) -> None:
    assert cluster.what_is_wrong(LOSS, models, executors) == told


def test_the_record_names_who_went_when_and_what_was_done_again() -> None:
    told = cluster.told_of(LOSS, 104, EXECUTORS)
    assert "worker-1 (process 7)" in told
    assert "20 models of the intermediate layer stood, 84 were built afterwards" in told
    assert "executor 0: 900 tasks, 2 of them failed and were run again; worker lost" in told
    assert "executor 1: 4,000 tasks, 0 of them failed and were run again; there to the end" in told


def test_members_of_the_cluster_are_given_no_key() -> None:
    given = {"AFTERMATH_PSEUDONYM_KEY": "secret", "AFTERMATH_SPARK_CATALOG": "x", "PATH": "/bin"}
    found = loopback_cluster.environment_of_member(given, Path("/spark"))
    assert "secret" not in found.values()
    assert found["PATH"] == "/bin"
    assert found["SPARK_LOCAL_IP"] == "127.0.0.1"


def test_the_driver_is_sent_to_the_master_with_whole_paths(tmp_path: Path) -> None:
    opened = Cluster(tmp_path, tmp_path / "spark", master_url="spark://127.0.0.1:7077")
    found = cluster.settings_of_driver(opened, {})
    assert found["AFTERMATH_SPARK_MASTER"] == "spark://127.0.0.1:7077"
    assert Path(found["AFTERMATH_SPARK_JARS"]).is_absolute()
