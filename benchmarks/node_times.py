"""Where the time of the newest batch went, by folder of models: `python -m benchmarks.node_times`.

Belongs here: reading the log of dbt in a build directory. Does not belong here: timing whole
commands (run). Two nodes run at a time, so seconds add up to more than the wall clock; their shares
are what counts.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

_ENDED = re.compile(r" of \d+ (?:OK created|OK loaded|PASS) (.*?)\s*\.* *\[.* in ([\d.]+)s\]")

#: What belongs together in all layers, by `folder/node`, and its share of all node times at most.
GROUPS = {
    "ledger": (re.compile("ledger/[^/]+$"), 1 / 4),
    "churn": (
        re.compile(
            "^marts/churn/"
            "|/(excess_churn|survival|movements|flows|returners|feeds|ports|lines)/[^/]+$"
            "|/stg_operator__(line_reuse_versions|port_requests_superseded)$"
        ),
        1 / 3,
    ),
}


def folders(manifest: Path) -> dict[str, str]:
    """Name of every node -> its folder below models/, or what kind of node it is."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["name"]: ("/".join(node["fqn"][1:-1]) if node["resource_type"] == "model" else "seeds")
        for node in nodes
        if node["resource_type"] in {"model", "seed"}
    }


def seconds_by_node(log: Path, folder_of: dict[str, str]) -> Counter[str]:
    """Seconds of the nodes of the log by `folder/node`; tests are one."""
    spent: Counter[str] = Counter()
    for line in log.read_text(encoding="utf-8").splitlines():
        if found := _ENDED.search(line):
            name = found[1].split(".")[-1].split()[-1]
            spent[f"{folder_of[name]}/{name}" if name in folder_of else "tests"] += float(found[2])
    return spent


def main() -> None:
    """Print seconds and shares, the most expensive folder first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build"))
    build = parser.parse_args().build
    manifest = max((build / "dbt").rglob("manifest.json"), key=lambda path: path.stat().st_mtime)
    spent = seconds_by_node(build / "logs" / "dbt.log", folders(manifest))
    whole = sum(spent.values())
    by_folder: Counter[str] = Counter()
    for node, seconds in spent.items():
        by_folder[node.rpartition("/")[0] or node] += seconds
    for folder, seconds in by_folder.most_common():
        print(f"{folder:<44}{seconds:>8.1f} s{seconds / whole:>8.1%}")
    for name, (nodes_of, budget) in GROUPS.items():
        seconds = sum(spent[node] for node in spent if nodes_of.search(node))
        print(
            f"{f'{name}, all layers':<44}{seconds:>8.1f} s{seconds / whole:>8.1%}"
            f"  (budget {budget:.0%})"
        )


if __name__ == "__main__":
    main()
