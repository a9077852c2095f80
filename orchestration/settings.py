"""Every environment variable of the project, read in one place.

Belongs here: names, defaults and paths derived from them. Does not belong here: any decision about
what a run does with them. Keys are no part of what settings show of themselves (`repr`), since
settings stand in tracebacks and logs.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from orchestration.intake_limits import SETTING, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_DIR = Path(__file__).resolve().parents[1]

#: Marked as a demo: accepted for the bundled sample and for generated scenarios, never for a
#: carrier's own exports.
DEMO_PSEUDONYM_KEY = "aftermath-demo-key-not-a-secret"

#: Hosts to which an alert may go without encryption.
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}
#: Variables that hold a secret or lead to one: programs that need no key are started without them.
KEY_VARIABLES: Final = (
    "AFTERMATH_PSEUDONYM_KEY",
    "AFTERMATH_PSEUDONYM_KEY_FILE",
    "AFTERMATH_PREVIOUS_PSEUDONYM_KEY",
    "AFTERMATH_PREVIOUS_PSEUDONYM_KEY_FILE",
    "AFTERMATH_EXPORT_KEY_FILE",
)

RawCarrier = Literal["seeds", "landing"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a run reads, works and publishes.

    Every field has one environment variable; the README lists them from here.
    """

    build_dir: Path
    """AFTERMATH_BUILD_DIR: work database, dbt target, Data Docs, published generations."""

    landing: Path | None
    """AFTERMATH_LANDING: a landing area of raw exports; unset means the bundled sample."""

    reference: Path
    """AFTERMATH_REFERENCE: the rules and registers of the incident, as CSV."""

    as_of: str
    """AFTERMATH_AS_OF: `YYYY-MM-DD`; empty means the newest batch delivered."""

    pseudonym_key: str = field(repr=False)
    """AFTERMATH_PSEUDONYM_KEY, or the content of the file that AFTERMATH_PSEUDONYM_KEY_FILE names:
    secret of the keyed pseudonyms; empty means none was given."""

    keep_generations: int
    """AFTERMATH_KEEP_GENERATIONS: published generations kept, the current one included."""

    memory_limit: str
    """AFTERMATH_MEMORY_LIMIT: what DuckDB may hold in memory before it spills to disk."""

    intake_limits: Limits
    """AFTERMATH_INTAKE_LIMITS: sizes up to which deliveries are read; empty means the defaults."""

    alert_webhook: str = field(default="", repr=False)
    """AFTERMATH_ALERT_WEBHOOK: where alerts are posted, a secret; empty means to the file only."""

    freshness_hours: int | None = None
    """AFTERMATH_FRESHNESS_HOURS: how old published figures may get; None means the default."""

    previous_pseudonym_key: str = field(default="", repr=False)
    """AFTERMATH_PREVIOUS_PSEUDONYM_KEY, or the file that AFTERMATH_PREVIOUS_PSEUDONYM_KEY_FILE
    names: the key in force before, given to the run that rotates to the new one."""

    export_key_file: Path | None = None
    """AFTERMATH_EXPORT_KEY_FILE: private key that signs exports; None leaves them unsigned."""

    is_full: bool = False
    """AFTERMATH_FULL: `true` builds every table anew, whatever stands from the batch before."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raises ValueError for a number that is none, or an open key file."""
        env = os.environ if environ is None else environ
        landing = env.get("AFTERMATH_LANDING", "").strip()
        build_dir = Path(env.get("AFTERMATH_BUILD_DIR") or PROJECT_DIR / "build").resolve()
        keep = env.get("AFTERMATH_KEEP_GENERATIONS") or "5"
        if not keep.isdigit() or int(keep) < 1:
            raise ValueError(f"AFTERMATH_KEEP_GENERATIONS={keep!r}: give a whole number from 1 up")
        webhook = env.get("AFTERMATH_ALERT_WEBHOOK", "").strip()
        if not _is_safe(webhook):
            # Not shown: an address of a webhook is a secret.
            raise ValueError(
                "AFTERMATH_ALERT_WEBHOOK: give an https address, or an http one of this machine"
            )
        hours = env.get("AFTERMATH_FRESHNESS_HOURS", "").strip()
        if hours and (not hours.isdigit() or int(hours) < 1):
            raise ValueError(f"AFTERMATH_FRESHNESS_HOURS={hours!r}: give a whole number from 1 up")
        return cls(
            build_dir=build_dir,
            landing=Path(landing).resolve() if landing else None,
            reference=Path(
                env.get("AFTERMATH_REFERENCE") or PROJECT_DIR / "seeds" / "reference"
            ).resolve(),
            as_of=env.get("AFTERMATH_AS_OF", "").strip(),
            pseudonym_key=_key(env, "AFTERMATH_PSEUDONYM_KEY"),
            previous_pseudonym_key=_key(env, "AFTERMATH_PREVIOUS_PSEUDONYM_KEY"),
            keep_generations=int(keep),
            memory_limit=env.get("AFTERMATH_MEMORY_LIMIT") or "4GB",
            alert_webhook=webhook,
            freshness_hours=int(hours) if hours else None,
            export_key_file=_export_key_file(env),
            intake_limits=Limits.from_text(env.get(SETTING, "")),
            is_full=env.get("AFTERMATH_FULL", "").strip().lower() == "true",
        )

    @property
    def raw_carrier(self) -> RawCarrier:
        """Which carrier of the raw contract this run reads."""
        return "landing" if self.landing else "seeds"

    @property
    def work_dir(self) -> Path:
        """Private to the running batch; readers never open anything in it."""
        return self.build_dir / "work"

    @property
    def work_db(self) -> Path:
        """Raw, staging and intermediate."""
        return self.work_dir / "warehouse.duckdb"

    @property
    def candidate_db(self) -> Path:
        """The marts of the running batch, until they are published or dropped."""
        return self.work_dir / "candidate.duckdb"

    @property
    def published_dir(self) -> Path:
        """Generations, and `current.duckdb`, a link to the newest."""
        return self.build_dir / "published"

    @property
    def current_db(self) -> Path:
        """What readers open."""
        return self.published_dir / "current.duckdb"

    @property
    def public_db(self) -> Path:
        """What readers outside open: the marts that name nobody."""
        return self.published_dir / "public.duckdb"

    @property
    def briefing_page(self) -> Path:
        """The page of the generation that readers open; a link, missing until it is made."""
        return self.published_dir / "briefing.html"

    @property
    def vault_dir(self) -> Path:
        """What only the batch itself may read and what outlives it: maps between keys."""
        return self.build_dir / "vault"

    @property
    def dbt_target_dir(self) -> Path:
        """One dbt target per raw carrier, so that neither spoils the other's partial parse."""
        return self.build_dir / "dbt" / self.raw_carrier

    @property
    def dagster_home(self) -> Path:
        """Run records of the Dagster instance."""
        return self.build_dir / "dagster"

    @property
    def data_docs_dir(self) -> Path:
        """Great Expectations' evidence, one folder per run, bounded in number."""
        return self.build_dir / "data_docs"

    @property
    def briefing_dir(self) -> Path:
        """What the pages of the briefing have in common, kept between two of them."""
        return self.build_dir / "briefing"

    @property
    def docs_dir(self) -> Path:
        """The site of the documentation."""
        return self.build_dir / "docs"

    @property
    def alerts_dir(self) -> Path:
        """Alerts raised and resolved, and those that are still open."""
        return self.build_dir / "alerts"


def _is_safe(webhook: str) -> bool:
    """Whether what is posted there is encrypted, or stays on this machine."""
    try:
        address = urlsplit(webhook)
        host = address.hostname
    except ValueError:
        return False
    if address.scheme == "http":
        return host in _THIS_MACHINE
    return not webhook or (address.scheme == "https" and bool(host))


def environment_without_keys() -> dict[str, str]:
    """Give the environment to a program that has no business with the key."""
    return {name: value for name, value in os.environ.items() if name not in KEY_VARIABLES}


def _key(env: Mapping[str, str], variable: str) -> str:
    """Read a key from its variable or from the file that another one names.

    A file is the better place: the environment of a process can be read by its owner's other
    programs and ends up in dumps.
    """
    file = env.get(f"{variable}_FILE", "").strip()
    given = env.get(variable, "")
    if not file:
        return given
    if given:
        raise ValueError(f"{variable} and {variable}_FILE are both set: set one of them")
    key = _read_of_ones_own(f"{variable}_FILE", file)
    if not key:
        raise ValueError(f"{variable}_FILE={file}: is empty")
    return key


def _export_key_file(env: Mapping[str, str]) -> Path | None:
    """Name the file of the key that signs; its content is read by the program that signs."""
    variable = "AFTERMATH_EXPORT_KEY_FILE"
    file = env.get(variable, "").strip()
    if not file:
        return None
    _read_of_ones_own(variable, file)
    return Path(file).resolve()


def _read_of_ones_own(variable: str, file: str) -> str:
    """Read a file that nobody else can read."""
    path = Path(file)
    try:
        found = path.stat()
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{variable}={file}: cannot be read as text") from error
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or found.st_uid != os.geteuid():
        raise ValueError(f"{variable}={file}: must be yours alone (chmod 600)")
    return text
