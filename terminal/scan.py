"""`scan`: what the deployed function does, here and now, with the keys of whoever gives the command."""

from __future__ import annotations

import logging
import os
import sys
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fc_inventory import sdk
from fc_inventory.budget import Budget
from fc_inventory.credentials import SessionStore
from fc_inventory.cursor import Work
from fc_inventory.errors import SettingsError
from fc_inventory.events import parse_request
from fc_inventory.invocation import Invocation
from fc_inventory.media import Format
from fc_inventory.outcomes import Outcome, Status
from fc_inventory.render import render_report
from fc_inventory.report import Report, build_report
from fc_inventory.scan import Scan, iterate_outcomes
from fc_inventory.selection import select_targets
from fc_inventory.selectors import Request
from fc_inventory.settings import Settings, load_settings
from fc_inventory.targets import Target
from onboarding.administrator import find_keys
from onboarding.files import write_whole
from terminal.table import show_report

EXIT_CODES: dict[Status, int] = {"complete": 0, "partial": 3, "failed": 4}

Names = list[str] | None


def scan(  # noqa: PLR0913 - a command's parameters are its options
    *,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The targets document, YAML or JSON.", show_default=False)
    ] = None,
    role_arn: Annotated[
        str | None, typer.Option(metavar="ARN", help="Instead of --targets, the role of a single customer.")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(metavar="TEXT", help="With --role-arn: the external ID that it demands.")
    ] = None,
    home_region: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="Whose STS is asked, and what targets without regions mean."),
    ] = None,
    target: Annotated[Names, typer.Option(metavar="NAME", help="Only this target; again for each.")] = None,
    region: Annotated[Names, typer.Option(metavar="REGION", help="Only this region; again for each.")] = None,
    tag: Annotated[Names, typer.Option(metavar="KEY:VALUE", help="Only targets with this tag; again for each.")] = None,
    service_prefix: Annotated[str, typer.Option(metavar="TEXT", help="Only services whose names begin so.")] = "",
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Profile of ~/.aliyun/config.json; by default the environment, then the CLI's."
        ),
    ] = None,
    timeout_seconds: Annotated[
        float, typer.Option(metavar="N", min=1, help="When to stop and tell what is missing.")
    ] = 900,
    form: Annotated[
        Literal["table", "json", "csv", "ndjson", "html"], typer.Option("--format", help="What is printed, or written.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file, whole or not at all, instead of printing.")
    ] = None,
) -> None:
    """List services and functions of all targets, with your own keys and then each target's role.

    Exit status: 0 complete, 3 partial, 4 failed (nothing could be listed), 2 wrong usage.
    """
    if form == "table" and output is not None:
        raise SettingsError("--output", expected="it with --format json, csv, ndjson or html", found="a table")
    settings = _settings(targets, role_arn, external_id, home_region, region)
    request = _request(target, region, tag, service_prefix, "json" if form == "table" else form)
    chosen = select_targets(settings.targets, request)
    report = _scan(settings, chosen, request, profile, timeout_seconds)
    if form == "table":
        show_report(report)
    elif output is None:
        typer.echo(render_report(report, request).removesuffix("\n"))
    else:
        write_whole(output, render_report(report, request))
    raise typer.Exit(EXIT_CODES[report.status])


def _settings(
    targets: Path | None, role_arn: str | None, external_id: str | None, home_region: str | None, regions: Names
) -> Settings:
    """Return the settings that the options say, as the function would read them. Raises SettingsError."""
    if (targets is None) == (role_arn is None):
        raise SettingsError(
            "--targets", expected="either --targets or --role-arn", found="both" if targets else "neither"
        )
    if external_id == "":
        raise SettingsError("--external-id", expected="an external ID, or not the option", found="nothing")
    if targets is not None and external_id is not None:
        raise SettingsError(
            "--external-id", expected="it with --role-arn", found="it with --targets, which has its own"
        )
    given = {
        "TARGETS_FILE": str(targets.absolute()) if targets else None,
        "ROLE_ARN": role_arn,
        "EXTERNAL_ID": external_id,
        "REGIONS": ",".join(regions or ()) if role_arn else None,
        "FC_REGION": home_region,
        "FC_INVENTORY_ENDPOINT": os.environ.get("FC_INVENTORY_ENDPOINT"),
    }
    return load_settings({name: value for name, value in given.items() if value})


def _request(target: Names, region: Names, tag: Names, service_prefix: str, form: Format) -> Request:
    return parse_request(
        "invoke",
        {
            "targets": target or [],
            "regions": region or [],
            "tags": ",".join(tag or ()),
            "service_prefix": service_prefix,
            "format": form,
        },
    )


def _scan(
    settings: Settings, targets: tuple[Target, ...], request: Request, profile: str | None, timeout_seconds: float
) -> Report:
    logging.getLogger("fc_inventory").handlers = [logging.NullHandler()]  # the report says what the log would
    logging.getLogger("fc_inventory").propagate = False
    sdk.prepare()
    now = time.monotonic()
    invocation = Invocation(
        request_id=str(uuid.uuid4()),
        budget=Budget(now, now + timeout_seconds),
        is_retry=False,
        caller=find_keys(profile, is_local=settings.endpoint is not None),
    )
    wanted = Scan(settings, SessionStore(), Work(targets, request.service_prefix), invocation)
    places = [(target.name, region) for target in targets for region in target.regions]
    outcomes = {(one.target, one.region): one for one in _with_progress(iterate_outcomes(wanted), len(places))}
    return build_report(tuple(outcomes[place] for place in places), invocation, rules=settings.rules)


def _with_progress(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    """Yield *outcomes*, and show on a terminal's standard error how many have ended, and how many of them not well."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[red]{task.fields[troubled]}[/]"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        bar, troubled = progress.add_task("targets x regions", total=total, troubled=""), 0
        for outcome in outcomes:
            troubled += outcome.status != "complete"
            progress.update(bar, advance=1, troubled=f"{troubled} not complete" if troubled else "")
            yield outcome
