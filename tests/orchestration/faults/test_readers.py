"""Readers that hold on, and readers that come again and again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration import publishing
from orchestration.settings import PROJECT_DIR
from tests.unit import publisher

HOLDS_ON = """
import sys, duckdb
from tests.unit import publisher
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print(publisher.check(connection), flush=True)
    for _ in sys.stdin:
        print(publisher.check(connection), flush=True)
"""


def blocks_of_unlinked(process: subprocess.Popen[str]) -> int:
    """Bytes on disk that only this process keeps, as its open files that have no name."""
    return sum(
        link.stat().st_blocks * 512
        for link in Path(f"/proc/{process.pid}/fd").iterdir()
        if ".duckdb" in str(link.readlink()) and link.stat().st_nlink == 0
    )


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are read from /proc")
@pytest.mark.fault(
    kind="contention",
    tried="a reader that holds one generation open through ten publications, until retention has "
    "removed its file",
    holds="nobody waits for it, it reads its generation whole to the end, and nothing but its open "
    "file keeps the disk occupied",
)
def test_a_reader_that_never_lets_go_is_in_nobodys_way(tmp_path: Path) -> None:
    settings = replace(publisher.settings_for(tmp_path / "build"), keep_generations=2)
    first = publisher.publish(settings, 0)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ON, str(settings.current_db.resolve())],
        env={"PYTHONPATH": str(PROJECT_DIR)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "0\n"
        for number in range(1, 11):
            publisher.publish(settings, number)
        assert not first.exists()
        assert len(publishing.generations(settings)) == 2
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "0\n"
        assert blocks_of_unlinked(reader) > 0
        reader.communicate()
    assert reader.returncode == 0
    # Its file had no name but the one that retention removed: with the process its blocks went.
    assert publishing.generations(settings)[0].path.stat().st_nlink == 1
