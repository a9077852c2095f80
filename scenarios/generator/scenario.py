"""The parameters of an incident, read from one YAML file.

Belongs here: reading, checking that every number says where it comes from, flattening. Does not
belong here: what a parameter means to the generator.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A leaf says where its value comes from by one of these.
PROVENANCE = ("claim", "assumption", "source")

Scalar = str | int | float | bool | dt.date | dt.datetime

#: Classes of brands on the operator's network.
OWN, HOSTED = "own", "hosted"


class ScenarioError(ValueError):
    """A scenario file, a reference register or an argument that the generator cannot use."""


def exact(value: float) -> Fraction:
    """Read a parameter as the fraction its decimal notation states."""
    return Fraction(str(value))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One parameter with its provenance."""

    path: str
    value: Any
    kind: str
    """claim, assumption or source."""
    reason: str
    """Claim id, reasoning or place."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Parameters without their provenance, and the provenance beside them."""

    values: dict[str, Any]
    leaves: tuple[Leaf, ...]
    sha256: str

    def get(self, path: str) -> Any:
        """Value at a dotted path; raises ScenarioError when the file has none."""
        node: Any = self.values
        for part in path.split("."):
            if not isinstance(node, dict) or part not in node:
                raise ScenarioError(f"the scenario has no parameter {path!r}: add it")
            node = node[part]
        return node

    def date(self, path: str) -> dt.date:
        """Day at a dotted path."""
        value = self.get(path)
        if not isinstance(value, dt.date):
            raise ScenarioError(f"{path} is {value!r}: give a day as YYYY-MM-DD")
        return value

    def scalars(self) -> Iterator[tuple[str, Scalar]]:
        """All parameters that hold one value, by dotted path."""
        yield from _scalars(self.values, "")


def load(path: Path) -> Scenario:
    """Read a scenario; raises ScenarioError with what is wrong where."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"scenario file {path} cannot be read: {error.strerror}") from error
    try:
        tree = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ScenarioError(f"scenario file {path} is no YAML: {error}") from error
    if not isinstance(tree, dict):
        raise ScenarioError(f"scenario file {path} holds no mapping")
    leaves: list[Leaf] = []
    values = _strip(tree, "", leaves)
    return Scenario(values, tuple(leaves), hashlib.sha256(content).hexdigest())


def _strip(node: Any, path: str, leaves: list[Leaf]) -> Any:
    """Replace `{value, provenance}` by the value and note the provenance."""
    if not isinstance(node, dict):
        raise ScenarioError(
            f"{path} = {node!r} does not say where it comes from: write "
            "{value: ..., claim: ...} or {value: ..., assumption: ...}"
        )
    kinds = [kind for kind in PROVENANCE if kind in node]
    if "value" in node:
        if len(kinds) != 1:
            raise ScenarioError(f"{path}: a value needs exactly one of {', '.join(PROVENANCE)}")
        leaves.append(Leaf(path, node["value"], kinds[0], str(node[kinds[0]])))
        return node["value"]
    if kinds:
        # A whole section under one reason: its values stand bare.
        section = {str(key): value for key, value in node.items() if key not in PROVENANCE}
        leaves.append(Leaf(path, section, kinds[0], str(node[kinds[0]])))
        return section
    return {
        str(key): _strip(value, f"{path}.{key}".lstrip("."), leaves) for key, value in node.items()
    }


def _scalars(node: dict[str, Any], path: str) -> Iterator[tuple[str, Scalar]]:
    for key, value in node.items():
        place = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict):
            yield from _scalars(value, place)
        elif isinstance(value, str | int | float | bool | dt.date):
            yield place, value
