"""What an audit says of a package.

Belongs here: the one shape of a finding. Does not belong here: any check.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that has to be put right, or accepted with a reason, before the project is used."""

    package: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.package}: {self.what}; {self.remedy}"
