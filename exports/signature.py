"""The detached signature of a manifest, which holds the checksums of all files.

Belongs here: signing and checking through the `openssl` program. Does not belong here: what is
signed (manifest). Ed25519, so that the receiver needs no secret and the same manifest always gets
the same signature.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from exports import manifest
from orchestration.errors import BadInput
from orchestration.settings import environment_without_keys

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = f"{manifest.NAME}.sig"
_BYTES: Final = 64


def sign(folder: Path, key: Path) -> None:
    """Sign the manifest of a folder.

    Raises:
        BadInput: the key is no Ed25519 key, or there is no OpenSSL 3.
    """
    kind = _openssl("pkey", "-in", str(key), "-noout", "-text")
    if kind.returncode or not kind.stdout.startswith(b"ED25519 Private-Key"):
        raise BadInput(
            "The key that signs exports is no private Ed25519 key without a passphrase",
            f"AFTERMATH_EXPORT_KEY_FILE={key}",
            "make one: openssl genpkey -algorithm ed25519 -out <file>; chmod 600 <file>",
        )
    made = _openssl(
        *("pkeyutl", "-sign", "-rawin", "-inkey", str(key)),
        *("-in", str(folder / manifest.NAME), "-out", str(folder / NAME)),
    )
    if made.returncode or (folder / NAME).stat().st_size != _BYTES:
        raise BadInput(
            "OpenSSL does not sign", made.stderr.decode(errors="replace").strip(), "use OpenSSL 3"
        )


def is_by(folder: Path, key: Path) -> bool:
    """Whether the manifest was signed by the owner of a key, given as its public or private file.

    Raises:
        BadInput: the key cannot be read.
    """
    public = _openssl("pkey", "-pubin", "-in", str(key), "-noout").returncode == 0
    if not public and _openssl("pkey", "-in", str(key), "-noout").returncode:
        raise BadInput(
            "This is no key", str(key), "give the public one: openssl pkey -in <key> -pubout"
        )
    checked = _openssl(
        *("pkeyutl", "-verify", "-rawin", *(("-pubin",) if public else ()), "-inkey", str(key)),
        *("-in", str(folder / manifest.NAME), "-sigfile", str(folder / NAME)),
    )
    return checked.returncode == 0


def _openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - no shell, and arguments of our own
            ["openssl", *arguments],  # noqa: S607 - the one that the machine has
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=environment_without_keys(),
        )
    except FileNotFoundError as error:
        raise BadInput(
            "There is no openssl on this machine", "PATH", "install it, or export unsigned"
        ) from error
