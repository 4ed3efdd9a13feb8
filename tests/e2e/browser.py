"""The browser that the tests of the pages drive: found, or installed where there is none.

``python -m tests.e2e.browser`` is what ``make test`` runs before the tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MISSING = (
    "no Chromium was found, and none could be installed; install one, or name it in the "
    "environment variable CHROMIUM"
)


def ways() -> list[list[str]]:
    """Commands that bring one, each tried where the one before brought none."""
    found = [[sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        packages = ["--yes", "--no-install-recommends", "chromium"]
        found = [["apt-get", "update"], ["apt-get", "install", *packages], *found]
    return found


def find(playwright: Playwright) -> str | None:
    """One that starts: the one that CHROMIUM names, on the path, or Playwright's own."""
    found = [shutil.which(name) or "" for name in NAMES]
    named = [os.environ.get("CHROMIUM", ""), *found, playwright.chromium.executable_path]
    return next((path for path in named if starts(path)), None)


def starts(path: str) -> bool:
    """Whether this is a browser: some systems have a script in its place that asks for another."""
    if not path or not Path(path).exists():
        return False
    done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def chromium(playwright: Playwright) -> str:
    """Its path. Fails with what to do."""
    found = find(playwright)
    assert found is not None, MISSING
    return found


def main() -> int:
    """Install one where there is none."""
    for command in [[], *ways()]:
        if command:
            subprocess.run(command, check=False, stdout=sys.stderr)
        with sync_playwright() as playwright:
            if find(playwright) is not None:
                return 0
    print(MISSING, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
