"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Account = Annotated[str, typer.Option(metavar="ID", help="The account to change; the keys must be of it.")]
Profile = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Profile of ~/.aliyun/config.json; by default the environment, then the CLI's."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Yes = Annotated[bool, typer.Option("--yes", help="Carry the plan out; without it the plan is only shown.")]
Replace = Annotated[bool, typer.Option("--replace", help="Overwrite what is there and not as wanted.")]
ExternalId = Annotated[
    str, typer.Option(metavar="TEXT", help="The external ID that account B made for this customer (external-id).")
]
SessionSeconds = Annotated[
    int, typer.Option("--max-session-seconds", metavar="N", help="Longest life of a session: 3600 to 43200.")
]
