"""The rooms and which way they look."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "fc_inventory"

# Top to bottom as an event flows; a module imports only what stands before it.
STAGES = [
    "errors",
    "redaction",
    "nearest",
    "causes",
    "diagnosis",
    "media",
    "decoding",
    "selectors",
    "events",
    "yaml_text",
    "documents",
    "regions",
    "targets",
    "rules",
    "settings",
    "selection",
    "budget",
    "closing",
    "invocation",
    "logs",
    "retries",
    "calls",
    "transport",
    "refusals",
    "wire",
    "sdk",
    "grants",
    "credentials",
    "triggers",
    "items",
    "listing",
    "backlog",
    "buckets",
    "schedule",
    "crew",
    "asking",
    "trigger_tasks",
    "tasks",
    "outcomes",
    "cursor",
    "scan",
    "findings",
    "runtimes",
    "function_rules",
    "service_rules",
    "inspection",
    "stages",
    "report",
    "merge",
    "lines",
    "snapshots",
    "difference",
    "changes",
    "comparison",
    "folder",
    "states",
    "telling",
    "watch_answer",
    "watch",
    "check.evidence",
    "check.shape",
    "check.commands",
    "check.advice",
    "check.causes",
    "check.patient",
    "check.links",
    "check.lists",
    "check.examination",
    "flow.steps",
    "flow.shape",
    "flow.run",
    "flow.plan",
    "flow.shard",
    "flow.reduction",
    "flow.taking",
    "retrospect",
    "page",
    "render",
    "instance",
    "on_demand",
    "handler",
]
SDKS = ("alibabacloud_", "Tea", "darabonba")


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def names_in(path: Path) -> set[str]:
    """Every name and attribute that a module's code mentions, imported ones included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {name.rpartition(".")[2] for name in imported_by(path)}
    return attributes | imported | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def stages_in(path: Path) -> set[str]:
    """The stages that a module imports, those of its own subpackage included."""
    names = imported_by(path)
    return {stage for stage in STAGES if any(f"{name}.".startswith(f"fc_inventory.{stage}.") for name in names)}


def test_every_module_has_its_stage() -> None:
    """A new module must be given its place in the flow."""
    modules = {path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py") if path.stem != "__init__"}

    assert {".".join(module.parts) for module in modules} == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_only_stages_before_it(stage: str) -> None:
    """The flow has no way back."""
    imported = stages_in(PACKAGE / f"{stage.replace('.', '/')}.py")

    assert imported <= set(STAGES[: STAGES.index(stage)])


ROOMS = ("src", "local", "onboarding", "terminal")
DECODING = {
    "src/fc_inventory/decoding.py",
    "local/cloud/decoding.py",
}  # each a `Decoder`; one room may not use the other's
LEARNING = {"convert", "msgspec.convert", "msgspec.json.Decoder", "msgspec.msgpack.Decoder"}
READING = {f"msgspec.{form}.decode" for form in ("json", "yaml", "toml", "msgpack")}


def calls_in(node: ast.AST, *, inside: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """Yield every call below *node*, and whether it is inside of a function and so made by whichever thread gets there."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, inside
        yield from calls_in(
            child, inside=inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        )


def learned_by_a_thread(source: str) -> list[str]:
    """Return the calls of *source* by which msgspec would learn a type when a thread first needs it."""
    found = []
    for call, inside in calls_in(ast.parse(source)):
        name = ast.unparse(call.func)
        takes_a_type = len(call.args) > 1 or any(word.arg in {"type", None} for word in call.keywords)
        if name in LEARNING or (name in READING and takes_a_type) or (name == "Decoder" and inside):
            found.append(ast.unparse(call))
    return found


def test_no_thread_is_the_first_to_decode_a_type() -> None:
    """It is then that msgspec learns the type, and two threads that do so together end the process: see `Decoder`."""
    modules = [path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")]

    learned = {name: learned_by_a_thread((ROOT / name).read_text(encoding="utf-8")) for name in modules}

    assert {name for name, calls in learned.items() if calls} == DECODING
    assert not {
        name
        for name in modules
        if {"msgspec.convert", "msgspec.json.decode", "msgspec.json.Decoder"} & imported_by(ROOT / name)
    }


@pytest.mark.parametrize(
    "source",
    [
        "msgspec.convert(body, Page)",
        "msgspec.json.decode(text, type=Page)",
        "msgspec.json.decode(text, **how)",
        "decode = msgspec.json.Decoder(Page).decode",
        "def read(text):\n    return Decoder(Page).decode(text)",
        "class Reader:\n    def read(self, text):\n        return Decoder(Page).decode(text)",
        "read = lambda text: Decoder(Page).decode(text)",
    ],
)
def test_whatever_makes_a_thread_learn_a_type_is_found(source: str) -> None:
    """The rule knows every form that this code has used."""
    assert len(learned_by_a_thread(source)) == 1


def test_only_an_event_that_asks_for_a_check_or_a_page_imports_it() -> None:
    """The check is half of the function's code, and the page is for persons: a scan's cold start pays for neither."""
    told = "import index, sys; print([name for name in sys.modules if name.startswith(('fc_inventory.check', 'fc_inventory.flow', 'fc_inventory.page'))])"

    loaded = subprocess.run([sys.executable, "-c", told], cwd=ROOT / "src", capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"


def test_a_cold_start_makes_no_dataclasses() -> None:
    """Each takes a third of a millisecond, and the first imports `inspect`: nouns are msgspec's structs instead."""
    told = "import index, sys; print(*(name for name in sys.modules if name.startswith('fc_inventory.')))"

    loaded = subprocess.run([sys.executable, "-c", told], cwd=ROOT / "src", capture_output=True, text=True, check=True)

    modules = [ROOT / "src" / f"{name.replace('.', '/')}.py" for name in loaded.stdout.split()]
    assert [module.stem for module in modules if "dataclasses" in imported_by(module)] == []


def test_only_one_module_knows_the_sdks() -> None:
    """What the SDKs do wrong is set right in one place."""
    knowing = {path.stem for path in PACKAGE.rglob("*.py") if any(name.startswith(SDKS) for name in imported_by(path))}

    assert knowing == {"sdk"}


def test_only_the_settings_read_the_environment() -> None:
    """Keys and settings enter by one door."""
    reading = {path.stem for path in PACKAGE.rglob("*.py") if names_in(path) & {"environ", "environb", "getenv"}}

    assert reading == {"settings"}


def test_the_function_knows_nothing_of_the_other_rooms() -> None:
    """What is deployed imports nothing that is not."""
    imported = {name.split(".")[0] for path in (ROOT / "src").rglob("*.py") for name in imported_by(path)}

    assert not imported & {"local", "onboarding", "terminal", "tests"}


def test_the_local_cloud_is_an_independent_reading_of_the_wire() -> None:
    """One mistake must not be able to hide in both."""
    imported = {name.split(".")[0] for path in (ROOT / "local" / "cloud").rglob("*.py") for name in imported_by(path)}

    assert not imported & {"fc_inventory", "index"}


@pytest.mark.parametrize("room", ["onboarding", "terminal"])
def test_what_people_run_knows_nothing_of_the_local_cloud(room: str) -> None:
    """It talks to the real cloud; the local one is only an endpoint."""
    imported = {name.split(".")[0] for path in (ROOT / room).rglob("*.py") for name in imported_by(path)}

    assert not imported & {"local", "tests"}
