"""The browser that tests and lanes drive: a Chromium, the one without windows where there is a choice.

It is the same engine and takes a third of the time for a page (13 s of CPU instead of 26 for tests/dashboard).
"""

import os
import shutil

NAMED = "TRAMGAC_CHROMIUM"
"""The variable that names another program."""
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAY_OUT = f"install the package chromium-headless-shell or chromium, or name one in {NAMED}"


def program() -> str | None:
    """Its path, if there is one."""
    return os.environ.get(NAMED) or next(filter(None, map(shutil.which, PROGRAMS)), None)
