"""Tesseract played by a script, so that tests of the way to it do not need the program itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_PROGRAM = """#!{python}
import sys
from pathlib import Path
if "--version" in sys.argv:
    print("tesseract 5.3.0")
elif "--list-langs" in sys.argv:
    print("List of available languages (2):\\n{languages}")
else:
    Path(sys.argv[2] + ".txt").write_text({text!r}, encoding="utf-8")
"""


def play(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, languages: str = "deu\\neng") -> None:
    """Put a program into `folder`, the only one on the path, that recognises `text` on every page."""
    pytest.importorskip("pytesseract", reason="the extra [ocr] is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "tesseract"
    source = _PROGRAM.format(python=sys.executable, languages=languages, text=text)
    program.write_text(source, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
