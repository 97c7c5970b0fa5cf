"""Until when runtimes are maintained: by Alibaba Cloud, and by those who make the language or system. Pure data.

Not in the table: `java8` and `java11` (dates differ by vendor, and Function Compute does not say whose build it runs),
`go1` (names no version of Go), `custom-container` (its content is the user's).
"""

from __future__ import annotations

from datetime import date

import msgspec

# What Cloud Config takes for deprecated by default, since the day from which it does.
DEPRECATED_SOURCE = "https://www.alibabacloud.com/help/en/cloud-config/latest/fc-not-using-obsolete-runtime"
DEPRECATED_SINCE = date(2025, 4, 20)
# Function Compute's own page has two phases with dates for some of them (no new functions, then no updates); its copies
# differ in the dates, which is why none stands here: https://www.alibabacloud.com/help/en/functioncompute/fc/runtime-overview-3
DEPRECATED = frozenset(
    {"nodejs4.4", "nodejs6", "nodejs8", "nodejs10", "nodejs12", "python2.7", "dotnetcore2.1"},
)

_NODE = "https://github.com/nodejs/Release"
_PYTHON = "https://devguide.python.org/versions/"
_DOTNET = "https://github.com/dotnet/core/blob/main/releases.md"
_PHP = "https://www.php.net/eol.php"
_DEBIAN = "https://wiki.debian.org/LTS"


class Support(msgspec.Struct, frozen=True):
    """Until when, inclusive, the makers of what a runtime runs mend its security, and where they say so."""

    name: str
    ends: date
    source: str


# By the runtime's identifier. A month without a day counts to its end.
SUPPORT = {
    "nodejs4.4": Support("Node.js 4", date(2018, 4, 30), _NODE),
    "nodejs6": Support("Node.js 6", date(2019, 4, 30), _NODE),
    "nodejs8": Support("Node.js 8", date(2019, 12, 31), _NODE),
    "nodejs10": Support("Node.js 10", date(2021, 4, 30), _NODE),
    "nodejs12": Support("Node.js 12", date(2022, 4, 30), _NODE),
    "nodejs14": Support("Node.js 14", date(2023, 4, 30), _NODE),
    "nodejs16": Support("Node.js 16", date(2023, 9, 11), _NODE),
    "nodejs18": Support("Node.js 18", date(2025, 4, 30), _NODE),
    "nodejs20": Support("Node.js 20", date(2026, 4, 30), _NODE),
    "python2.7": Support("Python 2.7", date(2020, 1, 1), _PYTHON),
    # The identifier `python3` is Python 3.6: https://www.alibabacloud.com/help/en/functioncompute/fc/runtime-overview-3
    "python3": Support("Python 3.6", date(2021, 12, 23), _PYTHON),
    "python3.9": Support("Python 3.9", date(2025, 10, 31), _PYTHON),
    "python3.10": Support("Python 3.10", date(2026, 10, 31), _PYTHON),
    "python3.12": Support("Python 3.12", date(2028, 10, 31), _PYTHON),
    "dotnetcore2.1": Support(".NET Core 2.1", date(2021, 8, 21), _DOTNET),
    "dotnetcore3.1": Support(".NET Core 3.1", date(2022, 12, 13), _DOTNET),
    "php7.2": Support("PHP 7.2", date(2020, 11, 30), _PHP),
    # Custom runtimes bring their own language; Function Compute brings the system: Debian, with long-term support.
    "custom": Support("Debian 9", date(2022, 6, 30), _DEBIAN),
    "custom.debian10": Support("Debian 10", date(2024, 6, 30), _DEBIAN),
    "custom.debian11": Support("Debian 11", date(2026, 8, 31), _DEBIAN),
    "custom.debian12": Support("Debian 12", date(2028, 6, 30), _DEBIAN),
}
