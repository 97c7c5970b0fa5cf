"""What a ROS template would make: the built-in functions that our templates use, as ROS documents them.

https://www.alibabacloud.com/help/en/ros/user-guide/function-overview
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TEMPLATES = Path(__file__).parents[2] / "onboarding" / "ros"
NOTHING = object()


def load(name: str) -> dict[str, Any]:
    """Return the template *name* as it stands."""
    template: dict[str, Any] = yaml.safe_load((TEMPLATES / name).read_text())
    return template


@dataclass(frozen=True)
class Stack:
    """A template with values for its parameters, created by account *tenant_id*."""

    template: dict[str, Any]
    parameters: dict[str, Any]
    tenant_id: str

    def made(self) -> dict[str, list[dict[str, Any]]]:
        """Return the resources that it makes: type to the properties of each."""
        resources: dict[str, list[dict[str, Any]]] = {}
        for resource in self.template["Resources"].values():
            if "Condition" in resource and not self.holds(resource["Condition"]):
                continue
            for index in range(self.value(resource.get("Count", 1), 0)):
                resources.setdefault(resource["Type"], []).append(self.value(resource["Properties"], index))
        return resources

    def holds(self, condition: Any) -> bool:
        """Return whether a condition, or the name of one, is true."""
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((name, given),) = condition.items()
        tests: dict[str, Callable[[], bool]] = {
            "Fn::Equals": lambda: self.value(given[0]) == self.value(given[1]),
            "Fn::Not": lambda: not self.holds(given),
            "Fn::And": lambda: all(self.holds(each) for each in given),
        }
        return tests[name]()

    def value(self, node: Any, index: int = 0) -> Any:
        """Return *node* with its functions worked out; *index* counts the copies of a resource."""
        if isinstance(node, list):
            return [self.value(item, index) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, given),) = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, given, index)
        values = {key: self.value(item, index) for key, item in node.items()}
        return {key: value for key, value in values.items() if value is not NOTHING}

    def _call(self, name: str, given: Any, index: int) -> Any:
        if name == "Fn::If":
            return self.value(given[1] if self.holds(given[0]) else given[2], index)
        arguments = self.value(given, index)
        functions: dict[str, Callable[[], Any]] = {
            "Ref": lambda: self._ref(given, index),
            "Fn::Split": lambda: arguments[1].split(arguments[0]),
            "Fn::Select": lambda: arguments[1][arguments[0]],
            "Fn::Length": lambda: len(arguments),
            "Fn::Replace": lambda: _replace(*arguments),
            "Fn::Sub": lambda: self._sub(arguments),
        }
        return functions[name]()

    def _ref(self, name: str, index: int) -> Any:
        pseudo = {"ALIYUN::TenantId": self.tenant_id, "ALIYUN::Index": index, "ALIYUN::NoValue": NOTHING}
        if name in pseudo:
            return pseudo[name]
        declared = self.template["Parameters"][name]
        return self.parameters[name] if name in self.parameters else declared["Default"]

    def _sub(self, arguments: Any) -> str:
        text, own = (arguments, {}) if isinstance(arguments, str) else arguments
        return re.sub(r"\$\{([\w:]+)\}", lambda found: str(own.get(found[1]) or self._ref(found[1], 0)), text)


def _replace(pairs: dict[str, str], text: str) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text
