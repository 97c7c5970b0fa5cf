"""What accounts A and B agree on: templates, and the same steps as commands. Never deployed.

It builds on the function's own code, so importing it makes `src/` importable; it never looks into `local/`.
"""

import sys
from pathlib import Path

_SRC = str(Path(__file__).parents[1] / "src")
if _SRC not in sys.path:
    sys.path.append(_SRC)
