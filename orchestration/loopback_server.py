"""Dagster's web server, for people who sit at this machine and ask for it by its own name.

Belongs here: refusing requests in another host's name. Does not belong here: starting and ending
(ui), what is served (dagster-webserver; its arguments are ours).

To listen on 127.0.0.1 keeps other machines out, not other web pages: a page that a browser of this
machine has open may let its own name point here and then start and end runs as if it were ours. The
browser says that name in every request, and Dagster's server does not look at it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from dagster_webserver import cli as server

from orchestration import report_pages
from orchestration.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Scope = Mapping[str, Any]
    Receive = Callable[[], Awaitable[Mapping[str, Any]]]
    Send = Callable[[Mapping[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_OWN: Final = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
_FORBIDDEN: Final = b"This page answers to 127.0.0.1 and localhost only.\n"


def is_own(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request is in this machine's name: one Host, and no Origin but it."""
    hosts = [value for name, value in headers if name.lower() == b"host"]
    origins = [value for name, value in headers if name.lower() == b"origin"]
    return (
        len(hosts) == 1
        and _OWN.fullmatch(hosts[0]) is not None
        and all(origin.lower() == b"http://" + hosts[0].lower() for origin in origins)
    )


def guarded(application: Application) -> Application:
    """Put the question before an application: what is not ours gets 403 and no further."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_own(list(scope.get("headers") or [])):
            await application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _FORBIDDEN})

    return answer


def main() -> None:
    """Serve as `dagster-webserver` does, with the guard before it."""
    # Typed as for a Starlette application; uvicorn takes any application.
    module: Any = server
    made = module.create_app_from_workspace_process_context

    settings = Settings.from_env()

    def made_and_guarded(*arguments: Any, **options: Any) -> Application:
        return guarded(report_pages.beside(made(*arguments, **options), settings))

    module.create_app_from_workspace_process_context = made_and_guarded
    module.main()


if __name__ == "__main__":
    main()
