"""The pages that batches and `make docs` write, served beside Dagster's own under /reports.

Belongs here: which files these are. Does not belong here: whom the server
answers (loopback_server), what the pages say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles

from briefing.figures import FIGURES
from orchestration import briefing_page, publishing
from orchestration.addresses import BRIEFING, REPORTS, picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from starlette.requests import Request

    from orchestration.settings import Settings

    Application = Callable[[Any, Any, Any], Awaitable[None]]


def beside(application: Application, settings: Settings) -> Application:
    """Answer what is asked below /reports, and leave the rest to the application."""

    def briefing(_: Request) -> Response:
        return _page(settings.briefing_page, "No briefing yet: make run publishes and writes one.")

    def drawn(request: Request) -> Response:
        asked = request.path_params
        kept = {each.generation_id: each for each in publishing.generations(settings)}
        if asked["generation"] not in kept or asked["figure"] not in FIGURES:
            return PlainTextResponse("No such figure, or its generation is not kept.", 404)
        png = briefing_page.picture(kept[asked["generation"]], asked["figure"])
        return Response(png or b"", media_type="image/png")

    reports = Router(
        [
            Route(BRIEFING, briefing),
            Route(picture("{generation}", "{figure}"), drawn),
            Mount(f"{REPORTS}/evidence", _folder(settings.data_docs_dir)),
            Mount(f"{REPORTS}/docs", _folder(settings.docs_dir)),
        ]
    )

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        is_report = scope["type"] == "http" and scope["path"].startswith(f"{REPORTS}/")
        await (reports if is_report else application)(scope, receive, send)

    return answer


def _page(path: Path, missing: str) -> Response:
    return FileResponse(path) if path.exists() else PlainTextResponse(missing, status_code=404)


def _folder(path: Path) -> Application:
    """Serve a folder, and say of what is not in it how it comes to be."""
    files = StaticFiles(directory=path, check_dir=False)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        try:
            await files(scope, receive, send)
        except HTTPException:
            hint = "No such page. make docs writes the site; evidence is kept of the newest runs."
            await PlainTextResponse(hint, 404)(scope, receive, send)

    return answer
