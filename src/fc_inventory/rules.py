"""The names of the rules that find what is worth a look. A name never changes its meaning."""

from __future__ import annotations

from typing import Literal, get_args

Rule = Literal[
    "http_trigger_anonymous",
    "runtime_deprecated",
    "runtime_end_of_life",
    "role_missing",
    "internet_beside_vpc",
    "service_without_functions",
    "service_unused",
]

RULES: tuple[Rule, ...] = get_args(Rule)
