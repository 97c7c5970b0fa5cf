"""Takes the pictures of the page that the README shows: the served function in the default world, in Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).parents[1] / "docs"
SHOWN = "?targets=company-a,company-d,company-e#?group=account"
# Text in greys makes smaller pictures; the last two keep Chromium from looking for hosts of its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-lcd-text",
    "--disable-background-networking",
    "--disable-component-update",
]


def main() -> None:
    """Write docs/page.png and docs/page-dark.png."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("make screenshots needs Chromium (Debian: apt install chromium)")
    DOCS.mkdir(exist_ok=True)
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        take(browser, url, "light", "header", DOCS / "page.png")
        take(browser, url, "dark", "#chart", DOCS / "page-dark.png")
        browser.close()


@contextmanager
def served() -> Iterator[str]:
    """Yield the address of the function, served while the block lasts."""
    command = [sys.executable, "-m", "local", "serve", "--port", "0", "--no-log"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def take(browser: Browser, url: str, scheme: Literal["light", "dark"], top: str, file: Path) -> None:
    """Write the picture of the page at *url*, from the element *top* on, as seen with *scheme*, to *file*."""
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1180, "height": 1160})
    page.goto(f"{url}{SHOWN}")
    page.locator(top).evaluate("(element) => element.scrollIntoView()")
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    main()
