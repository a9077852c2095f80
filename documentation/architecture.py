"""The picture of the architecture, drawn from dbt's manifest.

Belongs here: which groups of models there are, what reads what, and where a box stands. Does not
belong here: single models and their columns (the pages of dbt show those).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from orchestration.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Reference stands beside raw: both are seeds, and both are read from all layers after them.
COLUMNS: Final = (
    ("raw", "reference"),
    (Layer.STAGING.value,),
    (Layer.INTERMEDIATE.value,),
    (Layer.MARTS.value,),
)

_BOX_WIDTH: Final = 190
_BOX_HEIGHT: Final = 34
_GAP_X: Final = 130
_GAP_Y: Final = 10
_TOP: Final = 56
_MARGIN: Final = 20
#: From Okabe and Ito, whose colours differ for every kind of colour blindness.
_COLOURS: Final = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7")
_WIDEST: Final = 6.0


@dataclass(frozen=True, order=True)
class Group:
    """A folder of models or a kind of seeds: one box."""

    layer: str
    name: str


def groups_of(manifest: Mapping[str, Any]) -> tuple[Counter[Group], Counter[tuple[Group, Group]]]:
    """Count the nodes of each group, and how often nodes of one read nodes of another."""
    at = {
        unique_id: _group(node)
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("seed", "model")
    }
    reads: Counter[tuple[Group, Group]] = Counter()
    for unique_id, reader in at.items():
        for read in manifest["nodes"][unique_id]["depends_on"].get("nodes", []):
            if read in at and at[read] != reader:
                reads[at[read], reader] += 1
    return Counter(at.values()), reads


def _group(node: Mapping[str, Any]) -> Group:
    folders = Path(node["original_file_path"]).parts
    if node["resource_type"] == "seed":
        kind = "raw" if node["name"].startswith("raw_") else "reference"
        return Group(kind, kind)
    return Group(folders[1], folders[2])


def draw(manifest: Mapping[str, Any]) -> str:
    """Draw the groups as SVG: one column per layer, what is read stands left of what reads it."""
    sizes, reads = groups_of(manifest)
    columns = [_in_order(sizes, reads, layers) for layers in COLUMNS]
    step = _BOX_HEIGHT + _GAP_Y
    longest = max(map(len, columns))
    places = {
        group: (
            _MARGIN + number * (_BOX_WIDTH + _GAP_X),
            # The columns share their middle, so that lines stay short.
            _TOP + (longest - len(column)) * step // 2 + row * step,
        )
        for number, column in enumerate(columns)
        for row, group in enumerate(column)
    }
    across = 2 * _MARGIN + len(columns) * (_BOX_WIDTH + _GAP_X) - _GAP_X
    height = _TOP + longest * step + _MARGIN
    picture = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {across} {height}",
            "role": "img",
            "font-family": "system-ui, sans-serif",
        },
    )
    ET.SubElement(picture, "title").text = "Which groups of models read which"
    ET.SubElement(picture, "rect", {"width": str(across), "height": str(height), "fill": "#fff"})
    most = max(reads.values(), default=1)
    for (source, reader), count in sorted(reads.items()):
        if source.layer != reader.layer:
            _draw_line(
                picture, places[source], places[reader], count, _WIDEST * (count / most) ** 0.5
            )
    for number, layers in enumerate(COLUMNS):
        left = _MARGIN + number * (_BOX_WIDTH + _GAP_X)
        heading = ET.SubElement(picture, "text", {"x": str(left), "y": "34"})
        heading.attrib |= {"font-size": "17", "font-weight": "600"}
        heading.text = " and ".join(layers)
        for group in columns[number]:
            _draw_box(picture, places[group], group, sizes[group], _COLOURS[number])
    ET.indent(picture)
    return ET.tostring(picture, encoding="unicode") + "\n"


def _in_order(
    sizes: Counter[Group], reads: Counter[tuple[Group, Group]], layers: Sequence[str]
) -> list[Group]:
    """List the groups of a column, those that read the fewest others of it first."""
    own = [group for group in sizes if group.layer in layers]
    inside = Counter(reader for source, reader in reads if source in own and reader in own)
    return sorted(own, key=lambda group: (inside[group], layers.index(group.layer), group.name))


def _draw_box(
    picture: ET.Element, place: tuple[int, int], group: Group, size: int, colour: str
) -> None:
    x, y = place
    box = ET.SubElement(picture, "rect", {"x": str(x), "y": str(y), "rx": "6", "fill": "#fff"})
    box.attrib |= {"width": str(_BOX_WIDTH), "height": str(_BOX_HEIGHT)}
    box.attrib |= {"stroke": colour, "stroke-width": "2.5"}
    name = ET.SubElement(picture, "text", {"x": str(x + 12), "y": str(y + 22), "font-size": "14"})
    name.text = group.name.replace("_", " ")
    count = ET.SubElement(
        picture, "text", {"x": str(x + _BOX_WIDTH - 12), "y": str(y + 22), "font-size": "13"}
    )
    count.attrib |= {"text-anchor": "end", "fill": "#555"}
    count.text = str(size)


def _draw_line(
    picture: ET.Element, source: tuple[int, int], reader: tuple[int, int], count: int, width: float
) -> None:
    start = (source[0] + _BOX_WIDTH, source[1] + _BOX_HEIGHT // 2)
    end = (reader[0], reader[1] + _BOX_HEIGHT // 2)
    bend = (end[0] - start[0]) // 2
    line = ET.SubElement(
        picture,
        "path",
        {
            "d": f"M{start[0]},{start[1]} C{start[0] + bend},{start[1]} "
            f"{end[0] - bend},{end[1]} {end[0]},{end[1]}",
            "fill": "none",
            "stroke": "#667",
            "stroke-opacity": "0.35",
            "stroke-width": f"{max(width, 0.6):.1f}",
        },
    )
    ET.SubElement(line, "title").text = f"{count} reads"
