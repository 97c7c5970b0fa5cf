"""The pytest plugin, as another project uses it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
CONFTEST = 'pytest_plugins = ["local.pytest_plugin"]\n'
ISOLATION = """
    def test_one(local_cloud):
        local_cloud.world.accounts["1234567890123456"].roles.clear()
        local_cloud.requests.append(None)
        local_cloud.world.accounts.clear()

    def test_two(local_cloud, local_cloud_keys, local_cloud_server):
        assert local_cloud is local_cloud_server
        assert local_cloud.requests == []
        assert "fc-admin" in local_cloud.world.accounts["1234567890123456"].roles
        assert local_cloud_keys.access_key_id.startswith("LTAIlocal")
        assert local_cloud_keys.access_key_secret not in repr(local_cloud_keys)
"""
OTHER_WORLD = """
    import pytest
    from local.cloud import World

    @pytest.fixture(scope="session")
    def local_cloud_world():
        return World(default_region="cn-shanghai")

    def test_world(local_cloud):
        assert local_cloud.world.default_region == "cn-shanghai"

    def test_keys(local_cloud_keys):
        pass
"""


def examples() -> dict[str, str]:
    """Return the files that local/README.md shows, by name."""
    text = (ROOT / "local" / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"```python\n# (\S+\.py)\n(.*?)```", text, re.DOTALL))


@pytest.fixture(autouse=True)
def in_another_project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the project know where this one is, and nothing else."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest(CONFTEST)


def test_the_example_runs(pytester: pytest.Pytester) -> None:
    """As the README shows it."""
    shown = examples()
    assert shown["conftest.py"] == CONFTEST
    pytester.makepyfile(test_inventory=shown["test_inventory.py"])

    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_tests_don_t_see_each_other_s_changes(pytester: pytest.Pytester) -> None:
    """The server is the same, its state begins anew."""
    pytester.makepyfile(ISOLATION)

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_project_can_have_a_world_of_its_own(pytester: pytest.Pytester) -> None:
    """By overriding one fixture; a world without keys is told."""
    pytester.makepyfile(OTHER_WORLD)

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the world of the local cloud has no user with an access key*"])
