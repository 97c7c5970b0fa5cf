"""What account A may call its functions to trouble a reader of account B, and more functions than a page likes."""

from __future__ import annotations

from local.cloud.inventory import Function, Inventory, Service

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

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>alert(2)",
    "--></script></style></title><script>alert(3)</script>",
    "\" onmouseover='alert(4)' x=\"`${alert(5)}`",
    "{{nonce}}{{island}}",
    "&lt;b&gt;&#60;script&#62;",
    "javascript:alert(6)",
    "rtl \N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "line\N{LINE SEPARATOR}break\N{PARAGRAPH SEPARATOR}here",
    "zero\N{ZERO WIDTH SPACE}width",
    "emoji \N{FAMILY}\N{ZERO WIDTH JOINER}\N{SPARKLES} \N{CJK UNIFIED IDEOGRAPH-51FD}\N{CJK UNIFIED IDEOGRAPH-6570}",
    "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET} mixed 123",
    "__proto__",
    "n" * 1000,
    "many words " * 90,
)


def add_hostile_functions(inventory: Inventory) -> None:
    """Add a function for each hostile text, which is its name, runtime, description and handler; and a service."""
    inventory.add_service(Service(HOSTILE[0], description=HOSTILE[2]))
    inventory.add_function(Function("in-hostile-service", HOSTILE[0]))
    for text in HOSTILE:
        inventory.add_function(Function(text, runtime=text[:60], description=text, handler=text, memory_mb=len(text)))


def add_many_functions(inventory: Inventory, count: int) -> None:
    """Add *count* functions of many runtimes, half of them in services."""
    for number in range(count // 2):
        runtime, changed = RUNTIMES[number % len(RUNTIMES)], f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T08:00:00Z"
        service = f"service-{number // 25:03}"
        if service not in inventory.services:
            inventory.add_service(Service(service, description=f"Team {number % 7}"))
        common = {"runtime": runtime, "modified_time": changed, "description": f"Number {number}"}
        inventory.add_function(Function(f"orders-{number:04}", service, memory_mb=128 * (number % 16 + 1), **common))  # type: ignore[arg-type]
        inventory.add_function(Function(f"job-{number:04}", timeout_seconds=number % 600 + 1, **common))  # type: ignore[arg-type]
