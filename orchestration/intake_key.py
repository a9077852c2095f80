"""Which pseudonym key a carrier's own exports may be read with.

Belongs here: refusing a key before anything is built with it. Does not belong here: where keys come
from (settings), how strong one is (keys), changing one (key_rotation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration import audit_trail, keys, vault
from orchestration.errors import BadInput
from orchestration.settings import DEMO_PSEUDONYM_KEY

if TYPE_CHECKING:
    from orchestration.settings import Settings


def require(settings: Settings, where: str) -> None:
    """Refuse a key that is none, that can be guessed, or that would cut the books.

    Raises:
        BadInput: the key may not be used for these exports.
    """
    if settings.pseudonym_key in {"", DEMO_PSEUDONYM_KEY}:
        raise BadInput(
            "A carrier's own exports need a secret pseudonym key",
            f"{where} (its manifests do not say is_demo)",
            "put a long random secret into a file of your own (chmod 600), set "
            "AFTERMATH_PSEUDONYM_KEY_FILE to it and keep it: pseudonyms change with it",
        )
    weakness = keys.weakness(settings.pseudonym_key)
    if weakness:
        raise BadInput(
            f"The pseudonym key is too weak for a carrier's own exports: {weakness}",
            f"{where} (its manifests do not say is_demo)",
            "make one with `python -c 'import secrets; print(secrets.token_urlsafe(32))'`",
        )

    _require_followed_key(settings, where)


def _require_followed_key(settings: Settings, where: str) -> None:
    """Refuse another key than that of the runs before, unless it was rotated: it would cut books.

    Under another key every line has another name; the batch would start books of its own and
    nothing published before could be compared with it.
    """
    published = [
        record.key
        for record in audit_trail.read(settings)
        if record.kind == "published" and record.facts.get("is_demo") == "False"
    ]
    key = keys.name_of(settings.pseudonym_key)
    if published and not vault.leads(settings, published[-1], key):
        raise BadInput(
            "The pseudonym key is not the one that was published with before",
            f"{where}, AFTERMATH_PSEUDONYM_KEY",
            "give that key; to change it for good, rotate it (docs/runbook.md); for other exports "
            "set AFTERMATH_BUILD_DIR to a directory of their own",
        )
