"""How large what is delivered may be, so that no file takes the machine down.

Belongs here: the limits, their defaults and how they are written. Does not belong here: measuring a
file against them (manifests, intake_files).

The defaults are far above what an export of a national carrier needs, and small beside a machine
that can hold its warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

SETTING: Final = "AFTERMATH_INTAKE_LIMITS"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes up to which a delivery is looked at.

    Attributes:
        manifest_bytes: a manifest; larger ones are not read.
        manifest_files: files that one manifest lists.
        columns: columns of a file, the parts of nested ones counted.
        line_bytes: a line of a text file; a value is never longer.
        footer_bytes: the description at the end of a Parquet file.
        row_group_bytes: what a row group of Parquet takes unpacked.
        expansion: how many times larger than packed a row group of more than 64 MiB may be.
    """

    manifest_bytes: int = 16 << 20
    manifest_files: int = 10_000
    columns: int = 2_000
    line_bytes: int = 2_000_000
    footer_bytes: int = 64 << 20
    row_group_bytes: int = 8 << 30
    expansion: int = 1_000

    @classmethod
    def from_text(cls, text: str) -> Limits:
        """Read `columns=5000,line_bytes=2000000`; what is not named keeps its default.

        Raises:
            ValueError: a name is none of the limits, or a value is no whole number above 0.
        """
        names = [field.name for field in fields(cls)]
        given: dict[str, int] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = part.partition("=")
            if name not in names or not value.isascii() or not value.isdigit() or not int(value):
                raise ValueError(
                    f"{SETTING}: {part!r} is none of {', '.join(f'{each}=<n>' for each in names)}"
                )
            given[name] = int(value)
        return replace(cls(), **given)
