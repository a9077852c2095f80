"""The key of the pseudonyms as the profile of Spark reads it, wherever it is kept.

Belongs here: reading a key file into the environment of this process. Does not belong here: how the
session keeps it (profiles.yml).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def bring(environ: MutableMapping[str, str]) -> None:
    """Put the key of AFTERMATH_PSEUDONYM_KEY_FILE where the profile looks: it reads no files.

    Raises:
        ValueError: the file is missing, empty or not one's own, or a key is given beside it.
    """
    key = Settings.from_env(environ).pseudonym_key
    if environ.pop("AFTERMATH_PSEUDONYM_KEY_FILE", ""):
        environ["AFTERMATH_PSEUDONYM_KEY"] = key
