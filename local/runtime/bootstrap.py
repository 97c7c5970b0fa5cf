"""The script that a function's process starts with: ``python bootstrap.py CONTROL_FD RUNTIME``.

It brings in `local.runtime.inside` and then hides every trace of this project from the function: neither the project's
folder on ``sys.path`` nor its modules in ``sys.modules`` may answer an ``import`` that would fail on Function Compute.
"""

import os
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path


def main() -> None:
    """Serve invocations until the parent hangs up; then end at once, whatever threads the handler left behind."""
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from local.runtime.inside.invocations import serve_invocations  # noqa: PLC0415 - found only now

    del sys.path[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == "local"]:
        del sys.modules[name]
    control_descriptor, runtime = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(control_descriptor, False)  # noqa: FBT003 - not for the function's own processes
    sys.argv = sys.argv[:1]
    try:
        serve_invocations(Connection(control_descriptor), runtime)
    except SystemExit:
        pass
    except BaseException:  # noqa: BLE001 - whatever ends the process is shown before it ends
        traceback.print_exc()
    os._exit(1)


if __name__ == "__main__":
    main()
