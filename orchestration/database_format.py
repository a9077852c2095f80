"""The format of the database files that are made here.

Belongs here: which one, and why. Does not belong here: opening them (work_database).

DuckDB writes what its oldest readers can read unless it is told otherwise. Since this version it
packs a column of texts by its dictionary, whatever the texts are: two thirds of the processor time
of storing a mart, and files of the same size. A file keeps the format in which it was made.
`profiles.yml` says the same to dbt, which makes the candidate. The public file is small, and nobody
knows what its readers have: it is made in the oldest format.
"""

from __future__ import annotations

from typing import Final

#: For `duckdb.connect(config=...)` where it makes a file. Readers need this version or a later one.
DATABASE_FORMAT: Final = {"storage_compatibility_version": "v1.3.0"}
