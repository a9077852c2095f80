"""What may be said of a pseudonym key without telling it.

Belongs here: whether a key is strong enough, and which name it goes by. Does not belong here: where
keys come from (settings), how one reaches SQL (pseudonym_key), what a new one means (key_rotation).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

SHORTEST: Final = 24
FEWEST_CHARACTERS: Final = 10

_NAME_PURPOSE: Final = b"aftermath name of a key"


def weakness(key: str) -> str:
    """Say why a key can be guessed; empty if nothing speaks against it.

    Whoever guesses the key re-identifies every line: a phone number has eight unknown digits, so
    that trying a key costs next to nothing.
    """
    if len(key) < SHORTEST:
        return f"it is shorter than {SHORTEST} characters"
    if len(set(key)) < FEWEST_CHARACTERS:
        return f"it has fewer than {FEWEST_CHARACTERS} different characters"
    if any(key == key[:size] * (len(key) // size) for size in range(1, len(key) // 2 + 1)):
        return "it repeats itself"
    return ""


def name_of(key: str) -> str:
    """Name a key; who knows the name cannot tell the key."""
    return hmac.new(key.encode(), _NAME_PURPOSE, hashlib.sha256).hexdigest()[:16]
