"""A window of the browser in which nothing may go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What Chromium says of any page whose status is 400 or more.
_STATUS = "Failed to load resource: the server responded with a status of"
_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Visit:
    """One page in a window; `complaints` is what went wrong: dialogs, console messages, errors, other requests."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, **options: Any) -> Iterator[Visit]:
        """Yield a new window; raises AssertionError at the end where anything went wrong in it."""
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.add_init_script(_WATCH)
        visit = cls(context.new_page())
        visit.watch()
        yield visit
        if options.get("java_script_enabled", True):
            visit.complaints += visit.page.evaluate("window.violations")
        context.close()
        assert visit.complaints == []
        assert len(visit.requests) == 1, visit.requests

    def watch(self) -> None:
        """Note everything that a page has no business to do."""
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error {error}"))
        self.page.on("request", self._request)

    def names(self) -> list[str]:
        """Return the names in the rows that are shown, as a reader sees them."""
        return self.page.locator("#table button.name").all_inner_texts()

    def column(self, key: str) -> list[str]:
        """Return the cells of a column of the rows that are shown."""
        return self.page.locator(f'#table tbody [data-key="{key}"]').all_inner_texts()

    def show_all(self) -> None:
        """Make every row of the filter."""
        if self.page.locator("#show-all").is_visible():
            self.page.locator("#show-all").click()

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if not message.text.startswith(_STATUS):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.requests.append(request.url)
