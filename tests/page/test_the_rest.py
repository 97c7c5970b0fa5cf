"""What the time did not suffice for."""

from __future__ import annotations

from local.cloud import Fault, load_world
from tests.page.conftest import Open
from tests.page.serving import served


def test_the_page_leads_to_the_rest(visit: Open) -> None:
    """It says that something is missing, and its link asks for just that."""
    world = load_world()
    world.faults.append(Fault(action="ListServices", delay_seconds=30, times=1))
    with served(world, timeout_seconds=2) as url:
        first = visit(f"{url}?targets=company-a&regions=cn-hangzhou").page
        second = visit(f"{url}{first.locator('#go-on').get_attribute('href')}").page

        assert "The time did not suffice for everything." in first.locator("header").inner_text()
        assert first.locator(".problem").inner_text().count("deadline") == 1
        assert second.locator("#rest").is_hidden()
        assert second.locator("#coverage-line").inner_text() == "3 lists: 1 complete, 2 not asked"
