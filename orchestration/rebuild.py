"""A batch without its gates: every table built, nothing judged, nothing shown to readers.

Belongs here: building all models from a delivery in a directory of its own, for comparisons. Does
not belong here: publishing, which only a gated batch does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration import published_ledger
from orchestration.dbt_session import DbtError
from orchestration.layer import BUILT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.batch_start import Start
    from orchestration.dbt_session import DbtSession
    from orchestration.settings import Settings


def build(settings: Settings, session: DbtSession, begin: Callable[[Settings], Start]) -> Start:
    """Build every table from what was delivered; to be called under the batch lock.

    Args:
        settings: where to read and to work.
        session: of these settings.
        begin: how the batch starts, `batch_start.begin` or a part of it.

    Raises:
        DbtError: a table cannot be built; the message is dbt's.
        OperatorError: what was delivered cannot be taken in.
    """
    manifest = session.manifest()
    start = begin(settings)
    batch = start.intake
    published_ledger.bring(settings, batch.book_id, batch.as_of_date)
    nodes = [node for layer in BUILT_LAYERS for node in manifest.assets(layer)]
    run = session.build(nodes, batch.as_of_date, is_incremental=batch.is_incremental)
    broken = [result for result in run.results if not result.is_built]
    if broken:
        raise DbtError(f"{broken[0].unique_id}: {broken[0].message or broken[0].status}")
    return start
