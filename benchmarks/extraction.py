"""Text extraction beside poppler's pdftotext on the same files in one run; writes into benchmarks/results.json.

`python benchmarks/extraction.py` makes PDFs of many pages with embedded fonts (Typst), reads them with `extract`
(worker process, cleaning and language included) and with pdftotext (one process a file, as it is made to be used),
in turns, and keeps the median of the ratios. pdftotext is not part of the project: without it only our own numbers
are written.
"""

from __future__ import annotations

import json
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from farm import WORDS

RESULTS = Path(__file__).parent / "results.json"
FILES = 24
ROUNDS = 7
LIMIT = 1.3
PROGRAM = """
import sys
from pathlib import Path
from konzept_diffusion.documents.text import extract
from konzept_diffusion.scrape.reports import File, Kommune

site = Kommune("05999001", "Talbrück", "stadt", "05")
for name in sys.argv[1:]:
    extract(File(Path(name).read_bytes(), "application/pdf", "https://x.example/", site))
"""


@dataclass(frozen=True)
class Used:
    """Seconds on the wall and on the processors."""

    wall: float
    cpu: float

    def __sub__(self, other: Used) -> Used:
        return Used(self.wall - other.wall, self.cpu - other.cpu)


def source(seed: int, pages: int) -> str:
    """Return the Typst source of a concept: cover, contents, headings, paragraphs, lists, tables."""
    draw = random.Random(seed)

    def sentence() -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(8, 20))).capitalize() + "."

    def paragraph() -> str:
        return " ".join(sentence() for _ in range(draw.randint(4, 8))) + "\n"

    parts = [
        f'#set page(paper: "a4", numbering: "1", header: [Integrationskonzept], columns: {1 + seed % 2})',
        '#set text(lang: "de", size: 11pt, hyphenate: true)\n#set par(justify: true)',
        '#set heading(numbering: "1.1")\n#show heading: set text(font: "New Computer Modern")',
        f"#text(size: 26pt)[Integrationskonzept der Stadt Talbrück {2000 + seed}]\n#pagebreak()",
        "#outline()\n#pagebreak()",
    ]
    for _ in range(pages):
        parts.append(f"= {' '.join(draw.choices(WORDS, k=4))}\n{paragraph()}\n{paragraph()}")
        parts.extend(f"- {sentence()}" for _ in range(4))
        cells = ", ".join(f"[{word}]" for word in draw.choices(WORDS, k=15))
        parts.append(f"\n#table(columns: 3, {cells})\n\n{paragraph()}")
    return "\n".join(parts)


def make(folder: Path) -> list[Path]:
    """Write the files."""
    import typst

    paths = []
    for seed in range(FILES):
        paths.append(folder / f"{seed}.pdf")
        paths[-1].write_bytes(typst.compile(source(seed, 8 + seed).encode()))
    return paths


def _children(work: Callable[[], object]) -> Used:
    """Return what processes used that the work starts and waits for."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Used(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _peer(paths: list[Path]) -> None:
    for path in paths:
        subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True)


def _command(paths: list[Path]) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, *map(str, paths)], check=True)


def _warm(paths: list[Path]) -> tuple[Used, int, int]:
    """Return what a running reader uses (this process and its worker), characters and pages."""
    from konzept_diffusion.documents.reader import shared_reader
    from konzept_diffusion.documents.text import extract
    from konzept_diffusion.scrape.reports import File, Kommune

    site = Kommune("05999001", "Talbrück", "stadt", "05")
    extract(File(paths[0].read_bytes(), "application/pdf", "https://x.example/", site))
    worker = shared_reader()._worker
    clock = (~worker.pid << 3) | 2  # the clock of another process (clock_getcpuclockid on Linux)
    cpu, begun = time.process_time() + time.clock_gettime(clock), time.perf_counter()
    characters = pages = 0
    for path in paths:
        text = extract(File(path.read_bytes(), "application/pdf", "https://x.example/", site))
        characters += len(text.text)
        pages += text.page_count
    wall = time.perf_counter() - begun
    return Used(wall, time.process_time() + time.clock_gettime(clock) - cpu), characters, pages


def _agreement(paths: list[Path]) -> float:
    """Return the share of pdftotext's words (long ones, wherever they stand) that our text has too."""
    from konzept_diffusion.documents.text import extract
    from konzept_diffusion.scrape.reports import File, Kommune

    site = Kommune("05999001", "Talbrück", "stadt", "05")
    shared = total = 0
    for path in paths:
        peer = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True)
        own = extract(File(path.read_bytes(), "application/pdf", "https://x.example/", site)).text
        words = peer.stdout.decode().replace("\xad\n", "")  # divided at the end of a line; ours are joined
        wanted, given = (Counter(re.findall(r"\w{4,}", text)) for text in (words, own))
        shared += (wanted & given).total()
        total += wanted.total()
    return shared / total


def _start_of_peer(folder: Path) -> Used:
    """Return what one start of pdftotext uses, on a file of one word."""
    import typst

    path = folder / "word.pdf"
    path.write_bytes(typst.compile(b"Wort"))
    runs = 40
    used = _children(lambda: _peer([path] * runs))
    return Used(used.wall / runs, used.cpu / runs)


def run() -> dict[str, object]:
    """Measure, in turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = make(folder)
        found: dict[str, object] = {
            "files": len(paths),
            "megabytes": sum(path.stat().st_size for path in paths) / 1e6,
        }
        has_peer = shutil.which("pdftotext") is not None
        samples: dict[str, list[Used]] = {"warm": [], "command": [], "peer": [], "peer_start": []}
        for _ in range(ROUNDS):
            used, characters, pages = _warm(paths)
            samples["warm"].append(used)
            samples["command"].append(_children(lambda: _command(paths)))
            if has_peer:
                samples["peer"].append(_children(lambda: _peer(paths)))
                samples["peer_start"].append(_start_of_peer(folder))
        agreement = _agreement(paths) if has_peer else None
        found |= {"pages": pages, "characters": characters}
    for name, used_list in samples.items():
        if used_list:
            found[f"{name}_wall_seconds"] = statistics.median(used.wall for used in used_list)
            found[f"{name}_cpu_seconds"] = statistics.median(used.cpu for used in used_list)
    found["pages_per_second"] = pages / statistics.median(used.wall for used in samples["warm"])
    if not has_peer:
        found["peer"] = "not measured: pdftotext is not installed"
        return found
    found["peer"] = "pdftotext of poppler, one process a file"
    found["share_of_its_words_found"] = agreement
    # Without starts: a running reader beside pdftotext less what its starts cost. With starts: a new Python with a
    # new worker for all files beside one pdftotext a file.
    starts = [Used(used.wall * FILES, used.cpu * FILES) for used in samples["peer_start"]]
    bare = [whole - start for whole, start in zip(samples["peer"], starts, strict=True)]
    for label, own, peer in (
        ("warm_over_peer", samples["warm"], samples["peer"]),
        ("warm_over_peer_without_starts", samples["warm"], bare),
        ("command_over_peer", samples["command"], samples["peer"]),
    ):
        pairs = list(zip(own, peer, strict=True))
        found[f"{label}_wall"] = statistics.median(one.wall / other.wall for one, other in pairs)
        found[f"{label}_cpu"] = statistics.median(one.cpu / other.cpu for one, other in pairs)
    found["limit_over_peer"] = LIMIT
    return found


def main() -> None:
    """Measure and keep it beside the other results."""
    found = run()
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    kept["extraction"] = found
    RESULTS.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
