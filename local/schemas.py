"""Writes the published JSON Schemas from the code that owns them: `make schemas`."""

from __future__ import annotations

import json
from pathlib import Path

from fc_inventory import report, targets, watch_answer
from fc_inventory.check import shape as check
from fc_inventory.flow import shape as flow

SCHEMAS = Path(__file__).parents[1] / "schemas"


def write_schemas() -> None:
    """Write schemas/*.json: the shapes of the report, of a watch, of the check, of a flow's steps and of targets."""
    published = {
        "report.schema.json": report.json_schema(),
        "watch.schema.json": watch_answer.json_schema(),
        "check.schema.json": check.json_schema(),
        "flow.schema.json": flow.json_schema(),
        "targets.schema.json": targets.json_schema(),
    }
    for name, schema in published.items():
        (SCHEMAS / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_schemas()
