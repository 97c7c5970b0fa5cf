"""`add-target`: a customer that has granted becomes an entry of the targets document."""

from __future__ import annotations

import difflib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml
from rich.console import Console
from rich.markup import escape
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from fc_inventory.documents import read_document
from fc_inventory.errors import SettingsError
from fc_inventory.targets import IN_WORDS, TARGET_NAME, check_region, read_targets
from onboarding import options, parameters
from onboarding.files import write_whole
from onboarding.presentation import print_json

ANY_REGION = "cn-hangzhou"  # for targets that leave their region to the function's own
NEW_DOCUMENT = "version: 1\ntargets: []\n"

Status = Literal["planned", "unchanged", "done", "conflict"]
EXIT_CODES: dict[Status, int] = {"planned": 0, "unchanged": 0, "done": 0, "conflict": 1}
_WORDS: dict[Status, str] = {
    "planned": "Nothing is changed yet: run it again with --yes.",
    "unchanged": "The target is there as wanted: nothing to change.",
    "done": "Done.",
    "conflict": "Nothing is changed. A target of this name is there and differs; --replace overwrites it.",
}

Entry = dict[str, Any]

_RESOLVER = yaml.resolver.Resolver()
_TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Addition:
    """A targets document before and after; `is_conflict` where the entry was there and was different."""

    before: str
    after: str
    is_conflict: bool

    @property
    def difference(self) -> list[str]:
        """The lines of a diff, without its header."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=1)
        return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def add_target(  # noqa: PLR0913 - a command's parameters are its options
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The targets document, YAML or JSON; made if missing.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="The target's name in requests and reports.")],
    role_arn: Annotated[str, typer.Option(metavar="ARN", help="The customer's role, as grant printed it.")],
    external_id: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The external ID that the role demands.")
    ] = None,
    region: Annotated[list[str] | None, typer.Option(metavar="REGION", help="Where to list; again for each.")] = None,
    account_alias: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The account's alias, for readers of the report.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="KEY:VALUE", help="A free label; again for each.")] = None,
    duration_seconds: Annotated[
        int | None, typer.Option(metavar="N", min=900, max=43200, help="Life of a session.", show_default=False)
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a target of this name that differs.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write the file; without it the change is only shown.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Account B: write a customer into the targets document; comments and order in it stay."""
    entry = {
        "name": _checked_name(name),
        "account_alias": account_alias,
        "role_arn": parameters.check_role_arn(role_arn, "--role-arn"),
        "external_id": parameters.check_optional_external_id(external_id, "--external-id"),
        "regions": [_checked_region(one) for one in region or ()],
        "tags": dict(_pair(one) for one in tag or ()),
        "duration_seconds": duration_seconds,
    }
    addition = plan_addition(_read(file), file.name, {key: value for key, value in entry.items() if value})
    status = _carry_out(addition, file, replace=replace, yes=yes)
    _show(status, addition, file, as_json=as_json)
    raise typer.Exit(EXIT_CODES[status])


def plan_addition(before: str, source: str, entry: Entry) -> Addition:
    """Return what becomes of the targets document *before* (text, named *source*) with *entry* in it.

    Raises SettingsError where the document is wrong, as it is or with the entry.
    """
    data, write = _open(before, source)
    places = [index for index, other in enumerate(data["targets"]) if other.get("name") == entry["name"]]
    if places and dict(data["targets"][places[0]]) == entry:
        return Addition(before, before, is_conflict=False)
    written = _as_text(entry)
    if places:
        data["targets"][places[0]] = written
    else:
        data["targets"].append(written)
    after = write(data)
    read_targets(read_document(source, after), ANY_REGION)
    return Addition(before, after, is_conflict=bool(places))


def _as_text(value: Any) -> Any:
    """Return *value* with each text in quotes that YAML 1.1, which the function reads, takes for something else: NO."""
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    if not isinstance(value, str):
        return value
    tag = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]  # its stub is bare
    return value if tag == _TEXT_TAG else SingleQuotedScalarString(value)


def _open(text: str, source: str) -> tuple[Any, Any]:
    """Return the document's data, and what makes text of it again, in the form that it had."""
    document = read_document(source, text)
    if text != NEW_DOCUMENT:
        read_targets(document, ANY_REGION)
    if text.lstrip().startswith("{"):
        return document.data, lambda data: json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    found = re.search(r"^( *)- ", text, re.MULTILINE)
    offset = len(found[1]) if found else 2
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 4096  # a long line stays one
    editor.indent(mapping=2, sequence=offset + 2, offset=offset)
    return editor.load(text), lambda data: _dump(editor, data)


def _dump(editor: YAML, data: Any) -> str:
    data["targets"].fa.set_block_style()  # a new document begins with an empty list, which is written in brackets
    out = io.StringIO()
    editor.dump(data, out)
    return out.getvalue()


def _carry_out(addition: Addition, file: Path, *, replace: bool, yes: bool) -> Status:
    if addition.before == addition.after:
        return "unchanged"
    if addition.is_conflict and not replace:
        return "conflict"
    if not yes:
        return "planned"
    try:
        write_whole(file, addition.after)
    except OSError as error:
        raise SettingsError(str(file), expected="a file that can be written", found=error.strerror or "none") from None
    return "done"


def _show(status: Status, addition: Addition, file: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"command": "add-target", "status": status, "file": str(file), "difference": addition.difference})
        return
    console = Console(soft_wrap=True, highlight=False, emoji=False)
    console.print(f"add-target: [bold]{escape(str(file))}[/]")
    for line in addition.difference:
        console.print(escape(line), style={"+": "green", "-": "red"}.get(line[:1]))
    console.print(_WORDS[status])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return NEW_DOCUMENT
    except UnicodeDecodeError:
        raise SettingsError(str(file), expected="UTF-8 text", found="other bytes") from None
    except OSError as error:
        raise SettingsError(str(file), expected="a readable file", found=error.strerror or "none") from None


def _checked_name(name: str) -> str:
    if not re.fullmatch(TARGET_NAME, name):
        raise SettingsError("--name", expected=IN_WORDS[TARGET_NAME], found=repr(name))
    return name


def _checked_region(region: str) -> str:
    check_region(region, "--region")
    return region


def _pair(text: str) -> tuple[str, str]:
    key, colon, value = text.partition(":")
    if not (key and colon):
        raise SettingsError("--tag", expected="KEY:VALUE", found=repr(text))
    return key, value
