"""The inventory from a person's own terminal, with a person's own keys, nothing deployed.

It runs the function's own code, so importing it makes `src/` importable; it never looks into `local/`.
"""

import sys
from pathlib import Path

_SRC = str(Path(__file__).parents[1] / "src")
if _SRC not in sys.path:
    sys.path.append(_SRC)
