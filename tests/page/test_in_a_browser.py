"""The page as a reader meets it, in a real browser; every visit also asserts that nothing complained (see visit.py)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.page.conftest import Open
from tests.page.worlds import HOSTILE

A_AND_D = "?targets=company-a,company-d"
INVISIBLE = re.compile("[\u00ad\u200b\u2028\u2029\u202a-\u202e]")


def report_of(url: str, query: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{url}{query}", trust_env=False, timeout=30).json()
    return answer


def functions_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [function for outcome in report["outcomes"] for function in outcome["functions"] or ()]


def seen(text: str) -> str:
    """Return *text* as the page shows it: what can't be seen by its number, and spaces as browsers lay them out."""
    return " ".join(INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text).split())


def test_foreign_text_is_text(visit: Open, url: str) -> None:
    """Markup, scripts, gaps of our template and direction marks in names, runtimes and handlers are shown, not run."""
    page = visit(f"{url}?targets=company-d,company-e")

    names = {" ".join(name.split()) for name in page.names()}
    assert {seen(text) for text in HOSTILE} <= names
    assert page.page.locator("img, #table script, #table style").count() == 0
    assert page.page.title().startswith("1 of 2 accounts and regions failed")


def test_details_show_foreign_text_as_text_too(visit: Open, url: str) -> None:
    """The dialog shows every listed field; none of them is markup."""
    page = visit(f"{url}?targets=company-d").page

    for text in HOSTILE[:4]:
        page.get_by_role("button", name=text, exact=True).click()
        assert page.locator("dialog h2").inner_text() == text
        assert page.locator("dialog dd").filter(has_text=text).count() >= 2
        page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()


def test_what_failed_is_told_with_cause_side_and_remedy(visit: Open, url: str) -> None:
    """A reader learns at once how much is missing, where, why, and who can mend it."""
    page = visit(url).page
    report = report_of(url)
    error = report["outcomes"][-1]["error"]

    told = page.locator("#problems").inner_text()
    assert page.locator("h1").inner_text() == "1 of 5 accounts and regions failed"
    assert all(text in told for text in ("company-e", "1678901234567890", "AssumeRole: trust denied", "the customer"))
    assert error["message"] in told
    assert error["remedy"] in told
    numbers = [int(text.replace(",", "")) for text in re.findall(r"[\d,]+", page.locator("#tiles").inner_text())]
    summary = report["summary"]
    assert numbers == [summary["functions_v2"] + summary["functions_v3"], summary["services"], 4, 2, 4, 1]


def test_what_was_not_asked_is_told(visit: Open, url: str) -> None:
    """A list that was left out on purpose is neither hidden nor an error."""
    page = visit(f"{url}?targets=company-a&service_prefix=bill").page

    told = page.locator("#unasked").inner_text()
    assert (
        "functions of FC 3.0 in cn-hangzhou, cn-shanghai (1 account): functions of FC 3.0 belong to no service" in told
    )
    assert page.locator("#problems").is_hidden()


def test_the_filter_wants_all_words(visit: Open, url: str) -> None:
    """Words in any order and case, in any field, the account's number included; the count follows."""
    page = visit(f"{url}?targets=company-a")
    functions = functions_of(report_of(url, "?targets=company-a"))

    for words, fields in {
        "PYTHON3.9 web": ("runtime", "service_name"),
        "reports": ("service_name",),
        "1234567890123456 nodejs": ("runtime",),
    }.items():
        page.page.locator("#filter").fill(words)

        wanted = [word for word in words.lower().split() if not word.isdigit()]
        expected = [
            function["function_name"]
            for function in functions
            if all(any(word in (function[name] or "") for name in fields) for word in wanted)
        ]
        assert page.names() == expected != []
        assert page.page.locator("#count").inner_text().startswith(f"{len(expected)} of 10 rows")


def test_what_matches_nothing_says_so_and_leads_back(visit: Open, url: str) -> None:
    """An empty result is told as such, never as an empty account."""
    page = visit(f"{url}?targets=company-a")

    page.page.locator("#filter").fill("no such thing")

    assert page.page.locator("#nothing").is_visible()
    page.page.locator("#reset-too").click()
    assert len(page.names()) == 10


GROUPED = {"account": "account_id", "region": "region", "service": "service_name", "runtime": "runtime", "status": "status"}  # fmt: skip
SORTED = {"name": "function_name", "service": "service_name", "runtime": "runtime", "memory": "memory_size", "timeout": "timeout", "modified": "last_modified_time"}  # fmt: skip


def test_every_header_sorts_both_ways(visit: Open, url: str) -> None:
    """Up, then down; equals stay in the report's order and what has no value stands last."""
    page = visit(f"{url}?targets=company-a")
    functions = functions_of(report_of(url, "?targets=company-a"))

    for key, field in SORTED.items():
        header = page.page.locator(f'#headers button[data-sort="{key}"]')
        present = [function for function in functions if function[field] is not None]
        rest = [function["function_name"] for function in functions if function[field] is None]
        for direction in ("ascending", "descending"):
            header.click()

            ordered = sorted(present, key=lambda one: natural(one[field]), reverse=direction == "descending")
            assert page.names() == [*(function["function_name"] for function in ordered), *rest], (key, direction)
            assert header.locator("..").get_attribute("aria-sort") == direction


def natural(value: Any) -> Any:
    """Return what sorts `python3.9` before `python3.10`."""
    parts = re.split(r"(\d+)", value) if isinstance(value, str) else [value]
    return [int(part) if isinstance(part, str) and part.isdigit() else part for part in parts]


def test_groups_hold_what_they_say(visit: Open, url: str) -> None:
    """Each group has its rows and says how many functions; closing one hides its rows and no others."""
    page = visit(f"{url}?targets=company-a,company-e")
    bodies, groups = page.page.locator("#table tbody"), page.page.locator("tr.group button")
    report = report_of(url, "?targets=company-a,company-e")

    for group, field in GROUPED.items():
        page.page.locator("#group").select_option(group)
        expected = Counter(
            {**outcome, **function}[field] for outcome in report["outcomes"] for function in outcome["functions"] or ()
        )
        told = groups.all_inner_texts()
        counts = [int(found[1]) for text in told if (found := re.search(r"(\d+) functions?", text))]
        rows = [bodies.nth(index).locator("tr:not(.group)").count() for index in range(len(told))]
        groups.first.click()

        assert sorted(counts) == sorted(expected.values())
        assert (groups.first.get_attribute("aria-expanded"), sum(rows)) == ("false", 11)
        assert len(page.names()) == 11 - rows[0]


def test_the_address_holds_what_is_shown(visit: Open, url: str) -> None:
    """Filter, order and group can be shared as a link; nonsense in it is passed over."""
    first = visit(f"{url}?targets=company-a")
    first.page.locator("#filter").fill("python web")
    first.page.locator('#headers button[data-sort="name"]').click()
    first.page.locator('#headers button[data-sort="name"]').click()
    first.page.locator("#group").select_option("runtime")
    first.page.wait_for_url("**group=runtime")

    second = visit(first.page.url)
    third = visit(f"{url}?targets=company-a#?sort=nonsense&group=__proto__&x=1")

    assert "#?q=python+web&sort=-name&group=runtime" in first.page.url
    assert second.names() == first.names() == ["login", "index"]
    assert second.page.locator("#group").input_value() == "runtime"
    assert len(third.names()) == 10


def test_everything_is_reached_by_keyboard(visit: Open, url: str) -> None:
    """Skip link, filter, headers, rows and dialog work without a mouse, and no element keeps the focus."""
    page = visit(f"{url}?targets=company-a").page
    focus = "document.activeElement.id || document.activeElement.innerText"

    page.keyboard.press("Tab")
    assert page.evaluate(focus) == "Skip to the inventory"
    page.keyboard.press("Enter")
    assert page.evaluate(focus) == "inventory"
    page.keyboard.press("Tab")
    page.keyboard.type("web")
    walked = []
    for _ in range(2):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(focus))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator('[aria-sort="ascending"]').inner_text().startswith("Function")
    for _ in range(10):
        page.keyboard.press("Tab")
    assert page.evaluate(focus) == "index"
    page.keyboard.press("Enter")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    assert (page.locator("dialog").is_hidden(), page.evaluate(focus)) == (True, "index")
    page.keyboard.press("Tab")
    assert page.evaluate(focus) == "login"
    page.keyboard.press("Tab")
    assert page.evaluate(focus) != "login"
    assert walked == ["group", "reset"]


def test_the_focus_is_seen(visit: Open, url: str) -> None:
    """Whatever has the keyboard's focus has an outline."""
    page = visit(f"{url}?targets=company-a").page

    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_dark_and_light_follow_the_system_and_the_reader(visit: Open, url: str) -> None:
    """The system's choice holds until the button is pressed; nothing is stored."""
    page = visit(f"{url}?targets=company-a", color_scheme="dark").page
    ground = "getComputedStyle(document.body).backgroundColor"

    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light").click()
    light = page.evaluate(ground)

    assert (dark, light) == ("rgb(20, 22, 26)", "rgb(244, 245, 247)")
    assert page.get_by_role("button", name="Dark").is_visible()
    assert page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"


def test_print_has_every_row_of_the_filter(visit: Open, url: str) -> None:
    """On paper stand all rows that match, also those which were not yet made, and no controls."""
    page = visit(f"{url}?targets=company-c#?q=shop").page
    before = page.locator("#table tbody tr").count()
    page.evaluate(
        "addEventListener('beforeprint', () => (window.printed = document.querySelectorAll('#table tbody tr').length))"
    )

    page.pdf()

    assert before < page.evaluate("window.printed") == 200
    page.emulate_media(media="print")
    assert page.locator("nav, #reset, .skip").evaluate_all(
        "all => all.every((one) => one.getClientRects().length === 0)"
    )


def test_no_width_needs_scrolling_sideways(visit: Open, url: str) -> None:
    """From 360 pixels on everything fits, names of a thousand characters included, and no cell becomes a tall thin one."""
    page = visit(f"{url}?targets=company-d,company-e").page

    for width in (360, 700, 1024):
        page.set_viewport_size({"width": width, "height": 800})

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        heights = page.locator("tbody tr").evaluate_all("all => all.map((one) => one.offsetHeight)")
        assert max(heights) < 400


def test_the_table_is_one_for_screen_readers(visit: Open, url: str) -> None:
    """Landmarks, names, caption and scopes are there, and stay where the table looks like a list."""
    page = visit(f"{url}?targets=company-a").page
    table = page.get_by_role("table", name="Accounts, regions, services and functions")

    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})

        assert table.get_by_role("columnheader").count() == 10
        assert table.get_by_role("row").count() == 11
        assert table.get_by_role("rowheader", name="create-invoice").count() == 1
        assert table.get_attribute("aria-rowcount") == "11"
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    assert page.get_by_role("img", name=re.compile("^company-a: 10 functions: python3.10 4, ")).count() == 1
    assert page.locator("[role=status]").inner_text().startswith("10 rows: 10 functions")


def test_without_scripts_the_summary_is_there(visit: Open, url: str) -> None:
    """A browser that runs no script shows the counts and what failed, and no tools that do nothing."""
    page = visit(url, java_script_enabled=False).page

    told = page.locator("body").inner_text()
    assert "2026" in told or "UTC" in told or "partial" in told
    assert "trust_denied" in told
    assert "1678901234567890" in told
    assert page.locator("#app").is_hidden()
    assert page.locator("#forms").is_hidden()


def test_findings_lead_to_what_they_are_about(visit: Open, url: str) -> None:
    """Each kind of finding says why and what to do; its link shows just its functions, whose details say it, too."""
    page = visit(f"{url}?targets=company-a")
    finding = next(
        one for one in report_of(url, "?targets=company-a")["findings"] if one["evidence"] == {"runtime": "nodejs16"}
    )
    line = page.page.locator(".findings tr", has_text="nodejs16")

    assert all(finding[name] in line.inner_text() for name in ("why", "remedy"))
    assert line.get_by_role("link", name="Source").get_attribute("href") == finding["source"]
    line.get_by_role("link", name="1 function").click()
    assert page.names() == [finding["function_name"]]
    assert page.page.evaluate("document.activeElement.id") == "inventory"
    page.page.get_by_role("button", name=finding["function_name"]).click()
    assert finding["why"] in page.page.locator("dialog").inner_text()


def test_what_could_not_be_told_is_told(visit: Open, url: str) -> None:
    """No finding where nothing was examined is not nothing found."""
    page = visit(f"{url}?targets=company-a,company-e").page

    page.get_by_text("What could not be told").click()

    told = page.locator("#gap-list").inner_text()
    assert "Reachable without authentication: triggers are not listed" in told
    assert "(company-e, cn-hangzhou)" in told


@pytest.mark.parametrize(
    ("query", "headline", "told"),
    [
        ("?targets=company-x", "This request was not answered", "expected one that is configured (nearest: company-e), found 'company-x'"),
        ("?check=true", "This request was not answered", "a check answers only plain invocations"),
        ("?targets=company-e", "Nothing could be listed", "You are not authorized to do this action"),
    ],
)  # fmt: skip
def test_refusals_and_total_failure_are_pages(visit: Open, url: str, query: str, headline: str, told: str) -> None:
    """A reader gets a page that says what is wrong, whatever the status."""
    page = visit(f"{url}{query}").page

    assert page.locator("h1").inner_text() == headline
    assert told in page.locator("body").inner_text()


def test_a_saved_page_still_runs_nothing_but_its_own_script(visit: Open, url: str, tmp_path: Any) -> None:
    """What Function Compute's own domain makes a browser download works without its headers, and stays as strict."""
    saved = tmp_path / "inventory.html"
    text = httpx.get(f"{url}?targets=company-a&format=html", trust_env=False).text
    saved.write_text(text, encoding="utf-8")

    opened = visit(saved.as_uri())
    opened.page.evaluate(
        "document.body.setAttribute('style', 'color: red'); fetch('https://example.com').catch(() => 0)"
    )
    opened.page.wait_for_timeout(50)
    refused = opened.page.evaluate("window.violations.splice(0)")

    assert len(opened.names()) == 10
    assert opened.page.locator("#as-json").is_hidden()
    assert [violation.split()[0] for violation in refused] == ["style-src-attr", "connect-src"]
    opened.complaints.clear()


def test_five_thousand_functions_are_shown_as_they_are_needed(visit: Open, large_url: str) -> None:
    """A large inventory makes few rows at first, all when asked, and every one of them is found."""
    page = visit(f"{large_url}?targets=company-a")
    first = page.page.locator("#table tbody tr").count()

    page.page.locator("#filter").fill("orders-1234")
    found = page.names()
    page.page.locator("#filter").fill("")
    page.show_all()

    assert (first < 400, found) == (True, ["orders-1234"])
    assert page.page.locator("#table tbody tr").count() == 5010
    assert page.page.locator("#more").is_hidden()
