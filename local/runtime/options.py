"""The options that ``invoke`` and ``serve`` share."""

from pathlib import Path
from typing import Annotated

import typer

Code = Annotated[
    Path, typer.Option(show_default="src", help="The directory that Function Compute would mount as /code.")
]
HandlerName = Annotated[str, typer.Option(metavar="NAME", help="[dir/]module.function below the code directory.")]
Initializer = Annotated[str, typer.Option(metavar="NAME", help="Called once per instance; empty for none.")]
Runtime = Annotated[
    str, typer.Option(metavar="python3.12|python3.10", help="Whose context and environment to imitate.")
]
Timeout = Annotated[
    float, typer.Option(min=0.1, max=86400, metavar="SECONDS", help="Kill the handler after this time.")
]
Env = Annotated[
    list[str] | None, typer.Option(metavar="KEY=VALUE", help="An environment variable of the function; repeatable.")
]
Region = Annotated[str, typer.Option(help="The region that the function believes to be in.")]
Role = Annotated[str, typer.Option(metavar="ARN", help="The execution role, assumed in the local cloud.")]
Python = Annotated[
    str, typer.Option(metavar="EXECUTABLE", help="The Python to run the function with; default: this one.")
]
World = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The local cloud's accounts; default: the built-in world.")
]
Endpoint = Annotated[str | None, typer.Option(metavar="URL", help="A running local cloud; default: start one.")]
Log = Annotated[bool, typer.Option(help="Show the function's log on standard error.")]
