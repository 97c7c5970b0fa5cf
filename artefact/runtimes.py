"""The built-in Python runtimes of Function Compute that the function can be deployed to, as wheels' tags see them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """One built-in runtime; all of them are x86_64.

    Attributes:
        name: as `runtime:` in s.yaml.
        version: the Python's, such as 3.10; its patch release is not documented.
        glibc: the C library's (major, minor): a library that needs a newer one fails to load there.
    """

    name: str
    version: str
    glibc: tuple[int, int]

    @property
    def tag(self) -> str:
        """The interpreter's tag in the names of wheels, libraries and byte code, without `cp` or `cpython-`: 310."""
        return self.version.replace(".", "")

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags of wheels that load there, best first (PEP 600, with the older names of three of them)."""
        major, newest = self.glibc
        numbered = tuple(f"manylinux_{major}_{minor}_x86_64" for minor in range(newest, 4, -1))
        return (*numbered, "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")


# python3.10 runs on Debian 10, python3.12 on Debian 11: https://www.alibabacloud.com/help/en/functioncompute/fc/python
RUNTIMES = {
    runtime.name: runtime
    for runtime in (
        Runtime(name="python3.10", version="3.10", glibc=(2, 28)),
        Runtime(name="python3.12", version="3.12", glibc=(2, 31)),
    )
}
DEFAULT = "python3.12"  # as s.yaml has it
EVERYWHERE = "python3.10"

# The regions of python3.12 in the same page's table (2026-06-02). Not there: Singapore, Kuala Lumpur, Jakarta, Dubai.
REGIONS_OF_DEFAULT = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-southeast-7",
        "cn-beijing",
        "cn-chengdu",
        "cn-hangzhou",
        "cn-hongkong",
        "cn-huhehaote",
        "cn-qingdao",
        "cn-shanghai",
        "cn-shenzhen",
        "cn-zhangjiakou",
        "eu-central-1",
        "eu-west-1",
        "us-east-1",
        "us-west-1",
    }
)
