"""The console's built page: plain files, made from `dashboard/web` when the package is built."""

from __future__ import annotations

from pathlib import Path


def static_path() -> Path:
    """Give the folder with `index.html` and `assets/`; it is empty or absent until `npm run build` has run.

    Names under `assets/` carry a digest of their content, so they may be cached for ever; `index.html` may not.
    """
    return Path(__file__).parent / "static"
