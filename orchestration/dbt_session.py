"""dbt inside this process: one start and one parse for all the steps of a run.

Belongs here: calling dbt and reporting what it did in plain values. Does not belong here: Dagster.

A `dbt` command per step costs three seconds of imports and parsing each time. So dbt is imported
when it is first called, and a project that is as it was at the last parse is not parsed to be read:
a batch in which nothing changed does without either. Two rules keep several invocations in one
process sound:

- The project is parsed without a day (`as_of_date` empty) and built with one. So the parse is the
  same on every day and stays warm; the day reaches the SQL when a node is compiled.
- After each invocation every DuckDB file is closed, because a database open for writing excludes
  all readers, those of this process included.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from expectations.redaction import redacted
from orchestration import fingerprints, garbage
from orchestration.dbt_manifest import DbtManifest
from orchestration.errors import DatabaseLocked
from orchestration.logs import dbt_log_file, run_file
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    import datetime as dt
    import logging
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from dbt.artifacts.schemas.results import NodeResult
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

    from orchestration.settings import Settings


#: What dbt runs before the nodes (`on-run-start` in dbt_project.yml) is reported among them.
_HOOK = "operation."

#: Tag that the nodes of the step in hand carry while dbt selects them.
_MARK = "of_this_step"

#: What no step builds, and what is bound to models that a step may have put aside.
_BOUND_TO_MODELS = ("unit_tests", "semantic_models", "metrics")


class DbtError(Exception):
    """dbt could not do what it was asked for; the message is dbt's own."""


@dataclass(frozen=True, slots=True)
class DbtResult:
    """What became of one node.

    `status` is dbt's: success, pass, warn, fail, error or skipped. `failures` counts the rows that
    a data test returned. `seconds` is the wall time of the node.
    """

    unique_id: str
    status: str
    message: str
    failures: int | None
    seconds: float
    compiled_path: Path | None

    @property
    def is_built(self) -> bool:
        """Whether a table stands there now."""
        return self.status == "success"

    @property
    def is_broken(self) -> bool:
        """Whether this node stops the batch."""
        return self.status in {"fail", "error", "runtime error"}


@dataclass(frozen=True, slots=True)
class DbtRun:
    """One invocation: results in the order in which the nodes ended, and its wall time."""

    results: tuple[DbtResult, ...]
    seconds: float


class DbtSession:
    """A dbt project, parsed once for the raw carrier of the settings."""

    def __init__(self, settings: Settings, project_dir: Path = PROJECT_DIR) -> None:
        self._settings = settings
        self._project_dir = project_dir
        self._parsed: Manifest | None = None
        #: Wall time spent inside dbt after parsing.
        self.seconds = 0.0

    @property
    def manifest_path(self) -> Path:
        """Where dbt writes the manifest of this carrier."""
        return self._settings.dbt_target_dir / "manifest.json"

    def manifest(self) -> DbtManifest:
        """Read the manifest; where it is not of the project as it stands, parse that first.

        Raises:
            DbtError: the project does not parse.
        """
        if not self._is_parsed_from(self._parsed_from()):
            self._parse()
        return DbtManifest.read(self.manifest_path, self._settings.raw_carrier)

    def build(
        self,
        unique_ids: Sequence[str],
        as_of_date: dt.date,
        *,
        is_incremental: bool = False,
        when_built: Callable[[str], None] | None = None,
    ) -> DbtRun:
        """Build exactly these nodes and run exactly these tests.

        `is_incremental` says whether the tables that can keep their rows do so; `when_built` is
        told of each model that dbt has built, in the thread that did.

        Raises:
            DbtError: dbt stopped before it came to the nodes, or left one of them out.
            DatabaseLocked: another process has a work database open.
        """
        if not unique_ids:
            return DbtRun(results=(), seconds=0.0)
        parsed = self._parse()
        begun = time.perf_counter()
        is_large = bool(self._settings.landing)
        with _alone(parsed, unique_ids), garbage.given_back(is_wanted=is_large):
            outcome = self._invoke(
                [
                    "--no-write-json",
                    "build",
                    "--select",
                    f"tag:{_MARK}",
                    "--indirect-selection",
                    "empty",
                ],
                {"as_of_date": as_of_date.isoformat(), "is_incremental_batch": is_incremental},
                parsed,
                [partial(_tell_of_model, when_built)] if when_built else [],
            )
        self.seconds += time.perf_counter() - begun
        if outcome.exception is not None:
            raise self._error(str(outcome.exception))
        every_result = [self._result(result) for result in _node_results(outcome)]
        hooks = [result for result in every_result if result.unique_id.startswith(_HOOK)]
        broken = next((hook for hook in hooks if hook.is_broken), None)
        if broken:
            raise self._error(broken.message)
        results = tuple(result for result in every_result if result not in hooks)
        missing = set(unique_ids) - {result.unique_id for result in results}
        if missing:
            raise DbtError(f"dbt left out {', '.join(sorted(missing))}")
        locked = next((result for result in results if "set lock on file" in result.message), None)
        if locked:
            raise self._error(locked.message)
        return DbtRun(results=results, seconds=float(getattr(outcome.result, "elapsed_time", 0.0)))

    def _parse(self) -> Manifest:
        if self._parsed is None:
            # Writing takes a third of a parse in which dbt finds nothing new.
            parsed_from = self._parsed_from()
            quiet = ["--no-write-json"] if self._is_parsed_from(parsed_from) else []
            outcome = self._invoke([*quiet, "parse"], {"as_of_date": ""}, None)
            if outcome.exception is not None:
                raise DbtError(str(outcome.exception).strip())
            from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - see above

            if not isinstance(outcome.result, Manifest):
                raise DbtError("dbt parsed the project and returned no manifest")
            self._parsed = outcome.result
            # Of all names, before a step leaves some aside; dbt keeps it.
            self._parsed.rebuild_ref_lookup()  # type: ignore[no-untyped-call]
            if not quiet:
                record = [parsed_from, fingerprints.of_file(self.manifest_path)]
                self._record.write_text(json.dumps(record), encoding="utf-8")
        return self._parsed

    @property
    def _record(self) -> Path:
        return self.manifest_path.with_name("parsed_from.json")

    def _parsed_from(self) -> str:
        """Name what dbt makes the manifest of: files, engines, and what this session tells it."""
        settings = self._settings
        told = (settings.raw_carrier, str(settings.build_dir), str(self._project_dir))
        return fingerprints.of_project(self._project_dir, settings.reference, told)

    def _is_parsed_from(self, parsed_from: str) -> bool:
        """Whether the manifest on the disk is whole, and of the project of this name."""
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            there = fingerprints.of_file(self.manifest_path)
        except (FileNotFoundError, ValueError):
            return False
        return bool(record == [parsed_from, there])

    def _invoke(
        self,
        command: Sequence[str],
        variables: Mapping[str, str | bool],
        parsed: Manifest | None,
        callbacks: Sequence[Callable[[Any], None]] = (),
    ) -> dbtRunnerResult:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415 - slow
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - slow

        from orchestration import dbt_events  # noqa: PLC0415 - imports dbt

        dbt_events.leave_out_debugging()
        # agate warns of every typed column that a seed does not have.
        warnings.filterwarnings("ignore", module="agate")
        settings = self._settings
        settings.work_dir.mkdir(parents=True, exist_ok=True)
        # The profile and the project file read these names when dbt loads them.
        os.environ["AFTERMATH_BUILD_DIR"] = str(settings.build_dir)
        os.environ["AFTERMATH_MEMORY_LIMIT"] = settings.memory_limit
        os.environ["AFTERMATH_REFERENCE"] = os.path.relpath(settings.reference, self._project_dir)
        arguments = [
            "--log-level=none",
            "--no-use-colors",
            # What dbt tells is written by _note.
            "--log-level-file=none",
            *command,
            *("--project-dir", str(self._project_dir)),
            *("--profiles-dir", str(self._project_dir)),
            *("--target-path", str(settings.dbt_target_dir)),
            *("--log-path", str(settings.build_dir / "logs")),
            *("--vars", json.dumps({"raw_carrier": settings.raw_carrier, **variables})),
        ]
        try:
            with run_file(dbt_log_file(settings)) as log:
                note = partial(_note, log)
                return dbtRunner(manifest=parsed, callbacks=[note, *callbacks]).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]

    def _result(self, result: NodeResult) -> DbtResult:
        compiled_path = getattr(result.node, "compiled_path", None)
        return DbtResult(
            unique_id=result.node.unique_id,
            status=str(result.status),
            message=redacted((result.message or "").strip()),
            failures=result.failures,
            seconds=result.execution_time,
            compiled_path=self._project_dir / compiled_path if compiled_path else None,
        )

    def _error(self, message: str) -> Exception:
        message = redacted(message)
        if "set lock on file" in message:
            return DatabaseLocked(
                "A database of the work area is open in another process",
                message.strip().splitlines()[0],
                "close that process (readers belong on the published database) and run again",
            )
        return DbtError(message.strip())


def _note(log: logging.Logger, event: Any) -> None:
    """Keep what dbt says in its log file; what is for debugging does not come here (dbt_events)."""
    log.info("%s", redacted(event.info.msg))


def _tell_of_model(when_built: Callable[[str], None], event: Any) -> None:
    if event.info.name == "LogModelResult" and event.info.level != "error":
        when_built(event.data.node_info.unique_id)


def _node_results(outcome: dbtRunnerResult) -> Iterable[Any]:
    results: Iterable[Any] = getattr(outcome.result, "results", ())
    return results


@contextmanager
def _alone(parsed: Manifest, unique_ids: Sequence[str]) -> Iterator[None]:
    """Leave the nodes of a step in the manifest, marked, and what they are made of.

    dbt links, sorts and searches the graph of all nodes, tests of other steps included, at each
    invocation.
    """
    every_node = parsed.nodes
    aside = {kind: getattr(parsed, kind) for kind in _BOUND_TO_MODELS}
    try:
        nodes = [every_node[unique_id] for unique_id in unique_ids]
    except KeyError as unknown:
        raise DbtError(
            f"{unknown.args[0]} is not in the dbt project any more: reload the code location"
        ) from None
    needed = set(unique_ids)
    open_ends = list(nodes)
    while open_ends:
        parents = set(open_ends.pop().depends_on_nodes) - needed
        needed |= parents
        open_ends += [every_node[parent] for parent in parents if parent in every_node]
    for node in nodes:
        node.tags.append(_MARK)
    parsed.nodes = {
        unique_id: node
        for unique_id, node in every_node.items()
        if unique_id in needed or unique_id.startswith(_HOOK)
    }
    for kind in aside:
        setattr(parsed, kind, {})
    try:
        yield
    finally:
        parsed.nodes = every_node
        for kind, every_one in aside.items():
            setattr(parsed, kind, every_one)
        for node in nodes:
            node.tags.remove(_MARK)
