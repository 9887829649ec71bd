"""The page's built files: hashed assets cached for ever, every other path answered with the page itself."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Scope

_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_ASSETS: Final = "assets"  # where the page's builder puts files with a digest in their names
_NOT_BUILT: Final = "The page is not built. Build it with: ./dev demo (or: hatch build)\n"


class Page(StaticFiles):
    """Serves the folder of the built page; addresses of the page's own routes get `index.html`."""

    def __init__(self, folder: Path) -> None:
        """Serve the folder; it may be missing, then the answer says so."""
        super().__init__(directory=folder, check_dir=False, html=False)
        self._index = folder / "index.html"

    async def check_config(self) -> None:
        """Accept a folder that is not there yet: `get_response` tells."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, the page, or 404 for what can be neither."""
        if path == "api" or path.startswith("api/"):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if not self._index.is_file():
            return PlainTextResponse(_NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)
        if path != "." and (PurePosixPath(path).suffix or path.startswith(f"{_ASSETS}/")):
            response = await super().get_response(path, scope)
        else:
            response = await super().get_response("index.html", scope)
        hashed = path.startswith(f"{_ASSETS}/")
        response.headers["Cache-Control"] = _IMMUTABLE if hashed else "no-cache"
        return response
