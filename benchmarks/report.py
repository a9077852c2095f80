"""One report of all that was measured, beside the last record: `make bench`.

Belongs here: the facts of the machine, the comparison with the record, the page and its pictures.
Does not belong here: measuring (run, floor, growth, peers).

The record is `docs/benchmarks/record.json`. Seconds of two machines do not compare; ratios taken in
one run do, and a figure that moved beyond its own noise is marked.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
RECORD: Final = FOLDER / "record.json"
PAGE: Final = FOLDER / "README.md"
#: A ratio that moved by less is noise on any machine tried; an exponent, by less than that much.
NOISE: Final = 0.10
EXPONENT_NOISE: Final = 0.05
_PACKAGES: Final = ("dbt-core", "dbt-duckdb", "duckdb", "dagster", "great-expectations")


def machine() -> dict[str, str]:
    """Say what was measured on: processors, memory, system and versions."""
    cpu = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", cpu.read_text()) if cpu.exists() else None
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": model[1] if model else platform.processor() or "unknown",
        "processors": str(os.cpu_count()),
        "memory": f"{pages / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def moved(now: Mapping[str, float], before: Mapping[str, float]) -> list[tuple[str, float, bool]]:
    """Compare ratios with those on record: name, now over before, and whether that is no noise."""
    return [
        (
            name,
            ratio / before[name],
            abs(ratio - before[name]) > EXPONENT_NOISE
            if name.startswith("exponent")
            else abs(ratio / before[name] - 1) > NOISE,
        )
        for name, ratio in now.items()
        if before.get(name)
    ]


def comparison(now: Mapping[str, float], before: Mapping[str, float]) -> str:
    """Write the comparison with the record as Markdown."""
    if not before:
        return "There is no record to compare with."
    lines = ["| ratio | on record | now | change |", "|---|---:|---:|---:|"]
    lines += [
        f"| {name} | {before[name]:.2f} | {now[name]:.2f} "
        f"| {change - 1:+.0%}{' **beyond noise**' if is_change else ''} |"
        for name, change, is_change in moved(now, before)
    ]
    lines += [
        f"| {name} | {before[name]:.2f} | not measured | |" for name in sorted(before.keys() - now)
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: heading, Markdown, and when, where and beside what it was measured.

    `load` is that of the machine when the part ended.
    """

    heading: str
    text: str
    day: str
    load: str
    machine: str


def page(facts: Mapping[str, str], parts: Iterable[Part], compared: str) -> str:
    """Put the page together."""
    lines = [
        "# What was measured",
        "",
        "Written by `make bench`; do not edit. Figures are medians unless said otherwise.",
        "",
        "| machine | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in facts.items()),
    ]
    for part in parts:
        measured = f"Measured on {part.day}, {part.machine}; load when it ended {part.load}."
        lines += ["", f"## {part.heading}", "", measured, "", part.text]
    lines += ["", "## Compared with the last record", "", compared, ""]
    return "\n".join(lines)


def write(
    folder: Path,
    on_record: Mapping[str, Any],
    parts: Mapping[str, Part],
    ratios: Mapping[str, float],
    figures: Mapping[str, Any],
) -> Path:
    """Write page and record; what was not measured this time stays as it is on record.

    Returns:
        The page.
    """
    facts = machine()
    kept = {name: Part(**part) for name, part in on_record.get("parts", {}).items()}
    shown = {**kept, **parts}
    before = on_record.get("ratios", {})
    target = folder / PAGE.name
    target.write_text(page(facts, shown.values(), comparison(ratios, before)), encoding="utf-8")
    record = {
        "machine": facts,
        "ratios": {**before, **ratios},
        "figures": {**on_record.get("figures", {}), **figures},
        "parts": {name: asdict(part) for name, part in shown.items()},
    }
    (folder / RECORD.name).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return target


def bars(path: Path, title: str, unit: str, values: Mapping[str, float]) -> None:
    """Draw horizontal bars, the first on top, as SVG; the same values give the same bytes."""
    # Imported here: it takes a second, and most of this package draws nothing.
    import matplotlib  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    matplotlib.rcParams["svg.hashsalt"] = path.name
    figure = Figure(figsize=(8, 0.5 + 0.4 * len(values)), layout="constrained")
    axes = figure.add_subplot()
    names = list(values)[::-1]
    drawn = axes.barh(names, [values[name] for name in names], color="#0072b2")
    axes.bar_label(drawn, fmt="%.1f", padding=3)
    axes.set_title(title, loc="left")
    axes.set_xlabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format="svg", metadata={"Date": None})


def lines(path: Path, title: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Draw seconds over lines on logarithmic axes as SVG."""
    import matplotlib  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    matplotlib.rcParams["svg.hashsalt"] = path.name
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.add_subplot()
    for (name, points), colour in zip(
        series.items(), ("#0072b2", "#d55e00", "#009e73"), strict=False
    ):
        axes.plot(*zip(*points, strict=True), marker="o", label=name, color=colour)
    axes.set(xscale="log", yscale="log", xlabel="lines", ylabel="seconds")
    axes.set_title(title, loc="left")
    axes.legend(frameon=False)
    axes.grid(visible=True, which="major", alpha=0.3)
    figure.savefig(path, format="svg", metadata={"Date": None})


def record() -> dict[str, Any]:
    """Read the last record; empty if there is none."""
    if not RECORD.exists():
        return {}
    read: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return read
