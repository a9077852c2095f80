"""The one list of layers: the same five words in every tree of the project.

Belongs here: names, order and the database of a layer. Does not belong here: what is done in one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings


class Layer(StrEnum):
    """A stage of the data flow; also a dbt folder, a Dagster group and a folder of suites."""

    RAW = "raw"
    STAGING = "staging"
    INTERMEDIATE = "intermediate"
    MARTS = "marts"
    PUBLISHED = "published"

    @property
    def earlier(self) -> tuple[Layer, ...]:
        """The layers that have to be built and validated before this one, first to last."""
        order = tuple(Layer)
        return order[: order.index(self)]

    def database(self, settings: Settings) -> Path:
        """Tell the file in which the tables of this layer are built.

        Raises:
            ValueError: the published layer is built in no database, it is a renamed one.
        """
        if self is Layer.PUBLISHED:
            raise ValueError("the published layer has no database of its own")
        return settings.candidate_db if self is Layer.MARTS else settings.work_db


#: The layers that dbt builds and Great Expectations validates, in order.
BUILT_LAYERS = Layer.PUBLISHED.earlier

#: Dagster pool of every step: the databases of a build directory have one writer.
WAREHOUSE_POOL = "warehouse"
