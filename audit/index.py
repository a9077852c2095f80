"""What the package index knows of the locked packages: vulnerabilities, and files taken back.

Belongs here: finding the index that pip is configured for, asking it, reading its answers. Does not
belong here: accepting a vulnerability (accepted_vulnerabilities.csv, read by run), any address.

The index is asked in two standard ways: its JSON description of a version has `vulnerabilities`,
its simple listing has `yanked` and the hashes of files. A mirror may have neither; what could not
be asked is told, never taken for good.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from audit.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from audit.lock import Locked

    Ask = Callable[[str, str], Any]

_SECONDS: Final = 20
_AT_ONCE: Final = 16
_SIMPLE_JSON: Final = "application/vnd.pypi.simple.v1+json"
_SIMPLE: Final = "/simple"


class Unreachable(Exception):  # noqa: N818 - a state of the network
    """The index did not answer."""


@dataclass(slots=True)
class Told:
    """What the index said."""

    findings: list[Finding] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Packages of whose locked version it has no data on vulnerabilities."""

    unlisted: list[str] = field(default_factory=list)
    """Packages of whose files it says nothing."""

    asked: int = 0


def configured() -> str | None:
    """Find the index that pip is configured for, as its address; None for a folder or none."""
    address = os.environ.get("PIP_INDEX_URL") or _pip("config", "get", "global.index-url")
    if not address:
        address = _default()
    address = address.rstrip("/")
    return address if address.startswith(("https://", "http://")) else None


def _default() -> str:
    """Tell which index pip asks when nothing is configured."""
    return _run(
        sys.executable, "-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    )


def _pip(*arguments: str) -> str:
    return _run(sys.executable, "-m", "pip", *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - this interpreter, no shell
        command, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def asking(address: str) -> Ask:
    """Make the question: a path below the index and the kind of answer, to its JSON or None.

    The question raises Unreachable where there is no index, and gives None where it has no such
    document.
    """
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    root = address.removesuffix(_SIMPLE)

    def ask(path: str, accept: str) -> Any:
        request = urllib.request.Request(f"{root}{path}", headers={"Accept": accept})  # noqa: S310
        try:
            with urllib.request.urlopen(  # noqa: S310 - http or https, see `configured`
                request, timeout=_SECONDS, context=context
            ) as answer:
                if "json" not in answer.headers.get("content-type", ""):
                    return None
                return json.load(answer)
        except urllib.error.HTTPError:
            return None
        except (OSError, ValueError) as error:
            raise Unreachable(str(error)) from error

    return ask


def examine(packages: Iterable[Locked], ask: Ask, accepted: frozenset[tuple[str, str]]) -> Told:
    """Ask about each package.

    Args:
        packages: pinned packages.
        ask: see `asking`.
        accepted: package and id of vulnerabilities that were decided on.

    Raises:
        Unreachable: the index does not answer at all.
    """
    told = Told()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for one in pool.map(lambda package: _one(package, ask, accepted), packages):
            told.findings += one.findings
            told.unknown += one.unknown
            told.unlisted += one.unlisted
            told.asked += 1
    return told


def _one(package: Locked, ask: Ask, accepted: frozenset[tuple[str, str]]) -> Told:
    told = Told()
    document = ask(f"/pypi/{package.name}/{package.version}/json", "application/json")
    if document is None:
        newest = ask(f"/pypi/{package.name}/json", "application/json")
        if newest and newest.get("info", {}).get("version") == package.version:
            document = newest
    if document is None or "vulnerabilities" not in document:
        told.unknown.append(package.name)
    else:
        told.findings += _vulnerabilities(package, document["vulnerabilities"], accepted)
    listing = ask(f"{_SIMPLE}/{package.name}/", _SIMPLE_JSON)
    if listing is None or "files" not in listing:
        told.unlisted.append(package.name)
    else:
        told.findings += _files(package, listing["files"])
    return told


def _vulnerabilities(
    package: Locked, listed: Iterable[Any], accepted: frozenset[tuple[str, str]]
) -> Iterable[Finding]:
    for each in listed:
        names = [str(each.get("id", "")), *map(str, each.get("aliases") or ())]
        if each.get("withdrawn") or any((package.name, name) in accepted for name in names):
            continue
        fixed = ", ".join(map(str, each.get("fixed_in") or ())) or "no version yet"
        yield Finding(
            package.name,
            f"{package.version} has {names[0]} ({str(each.get('summary') or '')[:80]})",
            f"fixed in {fixed}; move to it, or accept it with a reason and an end",
        )


def _files(package: Locked, files: Iterable[Any]) -> Iterable[Finding]:
    ours = [each for each in files if each.get("hashes", {}).get("sha256") in package.hashes]
    if not ours:
        yield Finding(
            package.name,
            f"the index has no file of {package.version} with a locked hash",
            "find out which file was locked; do not replace the hash to make it pass",
        )
    elif all(each.get("yanked") for each in ours):
        why = next((each["yanked"] for each in ours if isinstance(each["yanked"], str)), "")
        yield Finding(
            package.name, f"{package.version} was yanked {why}".strip(), "move to another version"
        )
