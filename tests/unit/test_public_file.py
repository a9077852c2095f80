"""The pair of files that a generation is: what anybody may have, and who may open which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb
import pytest

from orchestration import audit_files, batch_lock, candidate, file_modes, publishing, sql
from orchestration.dbt_manifest import DbtManifest, access_level
from orchestration.errors import NotPublishable
from tests.unit.publisher import FACTS, build_candidate, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.settings import Settings

SECRET = "SECRET-OF-A-MART-FOR-INSIDE"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings of a build directory of the test's own."""
    return settings_for(tmp_path / "build", keep=3)


def publish(settings: Settings, marts: tuple[str, ...], **options: bool) -> Path:
    """Publish numbers, some of them public, beside a table that is not."""
    build_candidate(settings, 1)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.candidate_db}' as candidate")
        connection.execute(
            f"create table candidate.churn.people as select '{SECRET}' as name, range from range(9)"
        )
        connection.execute("create table candidate.churn.counts (n bigint not null, kind varchar)")
        connection.execute("insert into candidate.churn.counts values (9, 'b'), (7, 'a')")
        connection.execute("comment on table candidate.churn.counts is 'Grain: one row per kind'")
        connection.execute("comment on column candidate.churn.counts.n is 'it''s a count'")
    facts = {**FACTS, candidate.PUBLIC_MARTS_FACT: marts, "delivery_sha256": SECRET}
    return publishing.publish(settings, publishing.new_generation_id(settings), facts, **options)


def test_the_public_file_holds_the_public_marts_and_nothing_else(settings: Settings) -> None:
    path = publish(settings, ("churn.counts",))
    with duckdb.connect(str(settings.public_db), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        assert tables == [("churn.counts",), ("core.published_generation",)]
        assert connection.execute("from churn.counts").fetchall() == [(7, "a"), (9, "b")]
        assert connection.execute(
            "select comment, is_nullable from duckdb_columns() where column_name = 'n'"
        ).fetchall() == [("it's a count", False)]
        facts = connection.execute(f"from {candidate.FACTS_TABLE}")
        names = [column[0] for column in facts.description]
        assert names == [
            "generation_id",
            "published_at",
            "as_of_date",
            "sample_rate",
            "is_demo",
            "row_counts",
        ]
        assert facts.fetchall()[0][0] == path.stem
    assert SECRET.encode() not in settings.public_db.read_bytes()
    assert FACTS["run_id"].encode() not in settings.public_db.read_bytes()
    with pytest.raises(duckdb.CatalogException):
        sql.connect(settings, "public").execute("from churn.people")
    assert sql.connect(settings).execute("select count(*) from churn.people").fetchall() == [(9,)]


@pytest.mark.parametrize("missing", ["churn.nothing", "churn.a_view"])
def test_a_public_mart_that_is_no_table_stops_publishing(settings: Settings, missing: str) -> None:
    publish(settings, ())
    before = settings.current_db.resolve()
    with pytest.raises(NotPublishable, match=missing):
        publish(settings, ("churn.counts", missing))
    assert settings.current_db.resolve() == before


@pytest.mark.fault(
    kind="privacy",
    tried="modes of every file and folder after a batch whose umask was open",
    holds="others reach the public file alone, the group what is for inside, nobody work and vault",
)
def test_modes_are_tight(settings: Settings) -> None:
    before = os.umask(0)
    try:
        with batch_lock.hold(settings):
            publish(settings, ("churn.counts",))
    finally:
        os.umask(before)
    folder = settings.build_dir
    modes = {
        str(path.relative_to(folder)): path.stat().st_mode & 0o777
        for path in folder.rglob("*")
        if not path.is_symlink()
    }
    by_others = {name for name, mode in modes.items() if mode & 0o004}
    assert by_others == {f"published/{settings.public_db.resolve().name}"}
    assert not [name for name, mode in modes.items() if mode & 0o022]
    assert modes["work"] == modes["vault"] == 0o700
    assert folder.stat().st_mode & 0o777 == modes["published"] == file_modes.PASSAGE
    assert not [name for name, mode in modes.items() if name.startswith("vault/") and mode & 0o077]


def test_the_group_of_the_build_directory_is_handed_on(settings: Settings) -> None:
    settings.build_dir.mkdir(parents=True)
    settings.build_dir.chmod(0o2777)
    file_modes.prepare(settings)
    assert settings.build_dir.stat().st_mode & 0o7777 == 0o2751


def test_roll_back_takes_public_readers_along(settings: Settings) -> None:
    first = publish(settings, ("churn.counts",))
    second = publish(settings, ("churn.counts",))
    publishing.make_current(settings, first.stem)
    assert settings.public_db.resolve().name == f"{first.stem}.public.duckdb"
    # One of before there were public files: what is taken back inside does not stand outside.
    (settings.published_dir / f"{second.stem}.public.duckdb").unlink()
    publishing.make_current(settings, second.stem)
    assert not settings.public_db.exists()
    publishing.make_current(settings, first.stem)
    assert settings.public_db.exists()


def test_a_generation_that_readers_are_not_moved_to_moves_nobody(settings: Settings) -> None:
    first = publish(settings, ("churn.counts",))
    aside = publish(settings, ("churn.counts",), move_readers=False)
    assert settings.current_db.resolve() == first
    assert settings.public_db.resolve().name == f"{first.stem}.public.duckdb"
    assert audit_files.verify(settings) == ((), ())
    link = settings.current_db
    link.unlink()
    link.symlink_to(aside.name)
    assert audit_files.verify(settings)[0]


def test_access_levels_come_from_meta_and_what_has_none_is_restricted() -> None:
    nodes = {
        f"model.aftermath.{name}": {
            "resource_type": "model",
            "fqn": ["aftermath", "marts", name],
            "schema": "churn",
            "alias": name,
            "config": {"meta": meta},
        }
        for name, meta in (
            ("shown", {"access_level": "public"}),
            ("kept", {"access_level": "internal"}),
            ("forgotten", {}),
        )
    }
    manifest = DbtManifest({"nodes": nodes, "sources": {}}, "seeds")
    assert manifest.public_marts == ("churn.shown",)
    assert access_level(nodes["model.aftermath.forgotten"]) == "restricted"
