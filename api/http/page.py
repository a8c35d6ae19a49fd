"""The files of the page: `/`, `/corpus`, and the files that they load."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

_STATIC = Path(__file__).parents[1] / "static"
_REVALIDATE = {"Cache-Control": "no-cache"}
"""The browser keeps the files and asks each time, so that an update never mixes old and new."""


def add_page(app: FastAPI) -> None:
    """Serve the page from `app`."""
    app.mount("/static", _RevalidatedFiles(directory=_STATIC), name="static")

    @app.get("/", include_in_schema=False)
    def ask_page() -> FileResponse:
        return FileResponse(_STATIC / "index.html", headers=_REVALIDATE)

    @app.get("/corpus", include_in_schema=False)
    def corpus_page() -> FileResponse:
        return FileResponse(_STATIC / "corpus.html", headers=_REVALIDATE)


class _RevalidatedFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_REVALIDATE)
        return response
