"""Find a handler by its name in the code directory, as Function Compute does."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .failures import LoadError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Handler = Callable[..., Any]


def load_handler(name: str, code_directory: Path) -> Handler:
    """Return the function called *name*: ``[dir/]module[.submodule].function`` below *code_directory*.

    Raises:
        LoadError: the name has no dot, the module can't be imported, or it has no such function.
    """
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise LoadError("InvalidHandleName", f"Invalid handler '{name}'", error) from error
    module = _load_module(module_name, code_directory)
    try:
        handler: Handler = getattr(module, function_name)
    except AttributeError as error:
        message = f"Handler '{function_name}' is missing on module '{module_name}'"
        raise LoadError("HandlerNotFound", message, error) from error
    return handler


def _load_module(name: str, code_directory: Path) -> ModuleType:
    try:
        return _import_file(name, _module_file(name, code_directory))
    except ImportError as error:
        raise LoadError("ImportModuleError", f"Unable to import module '{name}'", error) from error
    except SyntaxError as error:
        raise LoadError("UserCodeSyntaxError", f"Syntax error in module '{name}'", error) from error
    except ValueError as error:  # FC's own quirk: a ValueError raised by the module's code is named like this too
        raise LoadError("InvalidHandleName", f"Invalid handler '{name}'", error) from error
    except Exception as error:  # the function's code may raise anything
        raise LoadError("UserCodeError", f"Module initialization error: '{error}'", error) from error


def _module_file(name: str, code_directory: Path) -> Path:
    folder, _, dotted = name.rpartition("/")
    path = code_directory.joinpath(folder, *dotted.split("."))
    for candidate in (path / "__init__.py", path.with_name(path.name + ".py")):
        if candidate.is_file():
            return candidate
    raise ModuleNotFoundError(f"No module named '{name}'")


def _import_file(name: str, file: Path) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named '{name}'")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with ExitStack() as on_failure:
        on_failure.callback(sys.modules.pop, name, None)  # the next invocation tries again
        spec.loader.exec_module(module)
        on_failure.pop_all()
    return module
