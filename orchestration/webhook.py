"""Posting a document to a web address.

Belongs here: time limits, tries and what counts as delivered. Does not belong here: what is posted
(alerts), whether the address is a safe one (settings).
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = 5.0
TRIES = 3
PAUSE_SECONDS = 1.0

#: Answers of a server that may take the same document a little later.
_WORTH_A_TRY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follow nobody elsewhere: the address was checked, where it sends us was not."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(
    address: str,
    document: Mapping[str, Any],
    *,
    timeout: float = TIMEOUT_SECONDS,
    pause: float = PAUSE_SECONDS,
) -> tuple[str, bool]:
    """Post a document as JSON; returns why it was not delivered, or nothing, and whether for good.

    Whatever the network does is an answer and no error. The address is in none of the answers: who
    knows it can post there.
    """
    why, is_final = "", False
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        why, is_final = _try(address, document, timeout)
        if not why or is_final:
            break
    return why, is_final


def _try(address: str, document: Mapping[str, Any], timeout: float) -> tuple[str, bool]:
    """Post once: why it failed, and whether another try would change nothing."""
    request = urllib.request.Request(  # noqa: S310 - settings accept https and loopback only
        address,
        data=json.dumps(document, ensure_ascii=False).encode(),
        headers={"content-type": "application/json; charset=utf-8"},
    )
    handlers: list[urllib.request.BaseHandler] = [_StayThere()]
    if request.type == "http":
        # On this machine; a proxy is not.
        handlers.append(urllib.request.ProxyHandler({}))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout):
            return "", True
    except urllib.error.HTTPError as error:
        error.close()
        is_final = error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _WORTH_A_TRY
        return f"the server answered {error.code}", is_final
    except urllib.error.URLError as error:
        return f"no connection ({type(error.reason).__name__})", False
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"no answer ({type(error).__name__})", False
