"""How fast the page is with 5,000 functions, in a real Chromium: `make bench` or `python -m benchmarks.page`.

A time runs from the event of the reader's key or click to the moment after the next frame was painted.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from playwright.sync_api import Page, sync_playwright

from fc_inventory.outcomes import Outcome
from fc_inventory.page import report_page
from fc_inventory.report import Report, assemble_report

FUNCTIONS = 5_000
PLACES = 50
WANTED_MS = 100
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
RUNTIMES = (
    "python3.9",
    "python3.10",
    "python3.12",
    "nodejs18",
    "nodejs20",
    "java11",
    "go1",
    "php7.2",
    "custom.debian12",
)
TYPED = "orders-1 python3"
COLUMNS = ("name", "service", "account", "region", "runtime", "fc", "memory", "timeout", "modified", "status")
GROUPS = ("account", "region", "service", "runtime", "status", "")

# Notes the milliseconds until the effect of an event was painted: a message sent while a frame is made comes after it.
WATCH = """
window.painted = [];
const note = (event) => {
  const begun = event.timeStamp;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => painted.push(performance.now() - begun);
    channel.port2.postMessage(0);
  });
};
for (const kind of ["input", "click", "change"]) addEventListener(kind, note, true);
"""


def make_report() -> Report:
    """Return a report of 5,000 functions in 50 places, with all their fields."""
    outcomes = tuple(msgspec.convert(make_outcome(number), Outcome) for number in range(PLACES))
    return assemble_report(outcomes, request_id="1-1", generated_at="2026-11-24T12:00:00Z", duration_ms=1)


def make_outcome(number: int) -> dict[str, object]:
    """Return the outcome of one of the places, with its share of the functions."""
    account = f"12345678901234{number // 5:02}"
    each = range(FUNCTIONS // PLACES)
    lists = (("ListServices", "v2"), ("ListFunctions", "v2"), ("ListFunctions", "v3"))
    return {
        "target": f"company-{number // 5}",
        "account_id": account,
        "account_alias": f"company-{number // 5}",
        "tags": {"tier": "gold"},
        "region": f"cn-region-{number % 5}",
        "role_arn": f"acs:ram::{account}:role/fc-inventory-reader",
        "role_session_name": "fc-inventory-1-1",
        "status": "complete",
        "error": None,
        "coverage": [
            {"api": api, "api_version": "2023-03-30", "fc_version": version, "extent": "complete", "pages": 1}
            for api, version in lists
        ],
        "services": [{"service_name": f"service-{index}"} for index in range(10)],
        "functions": [make_function(number * len(each) + index) for index in each],
    }


def make_function(index: int) -> dict[str, object]:
    """Return one function with all its fields."""
    return {
        "fc_version": "v2" if index % 2 else "v3",
        "service_name": f"service-{index % 10}" if index % 2 else None,
        "function_name": f"orders-{index}",
        "function_id": f"0b0c7f5e-{index:012}",
        "description": f"Takes orders of kind {index} and hands them on to the warehouse",
        "runtime": RUNTIMES[index % len(RUNTIMES)],
        "handler": "index.handler",
        "memory_size": 128 * (index % 16 + 1),
        "timeout": index % 600 + 1,
        "cpu": 0.5,
        "disk_size": 512,
        "code_size": 1000 * index,
        "role": "acs:ram::1234567890123456:role/worker",
        "internet_access": True,
        "environment_variable_names": ["DATABASE_URL", "LOG_LEVEL", "REGION"],
        "tags": {"team": f"team-{index % 7}"},
        "created_time": "2024-03-01T08:00:00Z",
        "last_modified_time": f"2025-{index % 12 + 1:02}-{index % 28 + 1:02}T08:00:00Z",
    }


def measure(chromium: str, file: Path) -> dict[str, list[float]]:
    """Return the milliseconds of each kind of step on the page in *file*."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        page.goto(file.as_uri())
        loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        found = {
            "open the page": [loaded],
            "a key in the filter": type_and_erase(page),
            "a header, which sorts": [click(page, f'#headers button[data-sort="{key}"]') for key in COLUMNS * 2],
            "another grouping": [choose(page, group) for group in GROUPS * 2],
        }
        browser.close()
    return found


def type_and_erase(page: Page) -> list[float]:
    """Type a filter and erase it again, key by key; return the milliseconds that each key took."""
    page.locator("#filter").focus()
    keys = ["Space" if key == " " else key for key in TYPED] + ["Backspace"] * len(TYPED)
    return [taken(page, lambda key=key: page.keyboard.press(key)) for key in keys]  # type: ignore[misc]


def click(page: Page, selector: str) -> float:
    """Click and return the milliseconds that it took."""
    return taken(page, lambda: page.locator(selector).click())


def choose(page: Page, group: str) -> float:
    """Choose a grouping and return the milliseconds that it took."""
    return taken(page, lambda: page.locator("#group").select_option(group))


def taken(page: Page, act: Callable[[], object]) -> float:
    """Act on the page; return the milliseconds until the effect was painted, when the page has come to rest again."""
    page.evaluate("window.painted = []")
    act()
    page.evaluate("new Promise((done) => { const look = () => setTimeout(painted.length ? done : look, 20); look(); })")
    return float(page.evaluate("Math.max(...painted)"))


def row(name: str, found: list[float]) -> str:
    """Return a row of the table."""
    share = max(found) / WANTED_MS
    return f"| {name} | {statistics.median(found):,.0f} | {max(found):,.0f} | {share:.0%} |"


def table() -> str:
    """Measure everything; return Markdown."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return "Not measured: there was no Chromium."
    report = make_report()
    begun = time.perf_counter()
    text = report_page(report).text
    made_ms = (time.perf_counter() - begun) * 1000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(text, encoding="utf-8")
        found = measure(chromium, file)
    lines = [
        f"{len(text.encode()) / 1e6:.1f} MB, made by the function in {made_ms:,.0f} ms.\n",
        f"| step | median, ms | longest, ms | longest beside the {WANTED_MS} ms wanted |",
        "|---|---|---|---|",
        *(row(name, times) for name, times in found.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
