"""Writes the published JSON Schemas from the code that owns them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parents[1] / "schemas"


def published_schemas() -> dict[str, dict[str, Any]]:
    """Return the content of each file in `schemas/`, by file name."""
    from fc_inventory import report, targets  # noqa: PLC0415 - only this command needs the function's package

    return {"report.schema.json": report.json_schema(), "targets.schema.json": targets.json_schema()}


def schemas() -> None:
    """Write schemas/*.json: the shapes of the report and of the targets document."""
    for name, schema in published_schemas().items():
        (SCHEMAS / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
