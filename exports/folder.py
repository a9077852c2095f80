"""A pack as a folder: written whole beside its place, then put there.

Belongs here: the file-system protocol and the manifest's facts. Does not belong here: queries
(analyses/exports/), proofs (pack), the form of files (answers).
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from exports import answers, manifest, pack, signature
from orchestration import analyses, file_modes, fingerprints, publishing, sql
from orchestration.candidate import FACTS_TABLE
from orchestration.errors import BadInput, NotPublishable

if TYPE_CHECKING:
    import duckdb

    from exports.answers import Form
    from exports.pack import Pack
    from orchestration.settings import Settings

FOLDER: Final = "exports"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: dates as YYYY-MM-DD or empty, an empty generation is the current one."""

    pack: Pack
    out: Path
    form: Form = "csv"
    generation_id: str = ""
    booked_from: str = ""
    booked_to: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """What the queries are told of the period."""
        given = {"booked_from": self.booked_from, "booked_to": self.booked_to}
        return {name: day for name, day in given.items() if day}


def export(settings: Settings, order: Order, root: Path = analyses.ANALYSES_DIR) -> bool:
    """Write a pack; False where the very same stands there already.

    Args:
        settings: names the generations and the key that signs.
        order: what is asked for.
        root: where the queries are.

    Raises:
        BadInput: another pack, or anything else, stands at its place.
        NotPublishable: there is no such generation, or it is not the file that was published.
        NotExportable: a proof failed.
    """
    source = _source(settings, order)
    order.out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{order.out.name}.", dir=order.out.parent))
    try:
        with sql.open_file(settings, source) as connection:
            manifest.write(_write(connection, order, made, root), made)
        if settings.export_key_file:
            signature.sign(made, settings.export_key_file)
        _finish(made, is_public=order.pack.audience == "public")
        return _put(made, order.out)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _source(settings: Settings, order: Order) -> Path:
    """Find the file of the generation, not a link: what it leads to may change meanwhile."""
    wanted = order.generation_id.removesuffix(".duckdb") or publishing.current_id(settings)
    found = {each.generation_id: each for each in publishing.generations(settings)}
    if wanted not in found:
        raise NotPublishable(
            f"There is no generation {wanted}" if wanted else "Nothing is published yet",
            str(settings.published_dir),
            "make rollback LIST=1 shows them" if wanted else "run the batch first: make run",
        )
    generation = found[wanted]
    source = generation.public_path if order.pack.audience == "public" else generation.path
    if not source.exists():
        raise NotPublishable(
            f"Generation {wanted} has no public file", str(source), "export a newer generation"
        )
    spoiled = publishing.not_as_published(settings, source)
    if spoiled:
        raise NotPublishable(spoiled, str(source), "make trail says what happened to it")
    return source


def _write(
    connection: duckdb.DuckDBPyConnection, order: Order, made: Path, root: Path
) -> manifest.Manifest:
    schemas = analyses.schemas_of(connection)
    asked = analyses.read(f"{FOLDER}/{order.pack.name}", root)
    queries = {each.name: each.published_sql(schemas, order.variables) for each in asked}
    pack.prove(order.pack, connection, queries)
    files = []
    for each in asked:
        key = each.meta.get("key", [])
        answer = answers.ask(connection, each.name, queries[each.name], key)
        path = made / f"{each.name}.{order.form}"
        rows = answers.write(answer, path, order.form)
        files.append(
            manifest.File(
                name=path.name,
                meaning=each.description,
                rows=rows,
                bytes=path.stat().st_size,
                sha256=fingerprints.of_file(path),
                key=key,
                columns=[
                    manifest.Column(name, str(kind), each.columns.get(name, ""))
                    for name, kind in zip(answer.columns, answer.types, strict=True)
                ],
                query=queries[each.name],
            )
        )
    ((generation_id, as_of, published_at, sample_rate, is_demo),) = connection.execute(
        "select generation_id, as_of_date, published_at, sample_rate, is_demo "  # noqa: S608
        f"from {FACTS_TABLE}"
    ).fetchall()
    return manifest.Manifest(
        pack=order.pack.name,
        audience=order.pack.audience,
        generation_id=generation_id,
        as_of_date=str(as_of),
        published_at=str(published_at),
        sample_rate=str(sample_rate),
        is_demo=is_demo,
        file_form=order.form,
        csv_dialect=answers.CSV_DIALECT if order.form == "csv" else "",
        booked_from=order.booked_from,
        booked_to=order.booked_to,
        files=files,
    )


def _finish(made: Path, *, is_public: bool) -> None:
    """Set the modes and let the disk have everything."""
    for path in made.iterdir():
        path.chmod(file_modes.PUBLIC_GENERATION if is_public else file_modes.INTERNAL_GENERATION)
        _sync(path)
    made.chmod(file_modes.PUBLIC_FOLDER if is_public else file_modes.INTERNAL_FOLDER)
    _sync(made)


def _put(made: Path, out: Path) -> bool:
    if out.is_dir() and _is_same(made, out):
        return False
    try:
        # Takes the place of an empty folder, and of nothing else.
        made.rename(out)
    except OSError as error:
        raise BadInput(
            "Something else stands where the pack is to go; nothing was written",
            str(out),
            "name another folder, OUT=<dir>, or move what stands there away",
        ) from error
    _sync(out.parent)
    return True


def _is_same(made: Path, out: Path) -> bool:
    names = sorted(path.name for path in made.iterdir())
    if names != sorted(path.name for path in out.iterdir()):
        return False
    same, _, _ = filecmp.cmpfiles(made, out, names, shallow=False)
    return len(same) == len(names)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
