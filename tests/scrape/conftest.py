"""Makes `testbed` (beside this file) importable for the tests of this room and below."""

import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)
