"""The command `scrape`: reads what it is told, wires the scraper to the coder of `documents`, runs the crawl."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..errors import KonzeptError, StepError
from .councils import load_recipes
from .crawl.orders import Options
from .crawl.progress import display
from .crawl.register import COLUMNS, read, select
from .crawl.running import WORKERS, Summary, crawl
from .pages import Page
from .reports import Coder, Coding, File, Kommune
from .search.settings import load

_DEFAULTS = Options()
_EPILOG = f"""example:
  konzept-diffusion scrape                                  every Kommune of the embedded register
  konzept-diffusion scrape --only 05315000,05374 --out koeln
  konzept-diffusion scrape --register my.csv --out crawl --delay 5
  konzept-diffusion scrape --scheduler tcp://head:8786 --out crawl

A register is CSV in UTF-8 with the columns {", ".join(COLUMNS)}.
Run again with the same --out, it goes on where it was stopped. Say who you are: KONZEPT_CONTACT (a mail address
or web page) goes into the User-Agent."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code (0 done, 2 a mistake of the user, 130 interrupted)."""
    _use_utf8()
    given = parser().parse_args(arguments)
    try:
        summary = _scrape(given)
    except KonzeptError as error:
        print(f"konzept-diffusion: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nkonzept-diffusion: interrupted. {_go_on(given.out)}", file=sys.stderr)
        return 130
    if summary.stopped:
        print(
            f"konzept-diffusion: stopped, {summary.done} of {summary.total} Kommunen are searched. "
            f"{_go_on(given.out)}",
            file=sys.stderr,
        )
        return 130
    if summary.unresolved:
        print(f"{summary.unresolved} finds whose owner is unclear stand in {given.out / 'unresolved.csv'}")
    others = summary.kommunen - summary.total
    earlier = f" ({others} of them only in earlier runs)" if others else ""
    print(
        f"done: {summary.documents} documents of {summary.kommunen} Kommunen{earlier} with {summary.requests} "
        f"requests in {given.out / 'documents.csv'}; what was searched stands in {given.out / 'coverage.csv'}"
    )
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    options = argparse.ArgumentParser(
        prog="konzept-diffusion scrape",
        description="Search the websites and council information systems of Kommunen for their integration "
        "concepts, politely; keep the evidence; say what could not be seen.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--register", type=Path, metavar="CSV", help="whom to search (default: the embedded register)")
    add("--out", type=_folder, default=Path("crawl"), metavar="DIR", help="output folder (default: crawl)")
    add("--only", type=_keys, default=(), metavar="AGS,...", help="only these Kommunen of the register")
    add(
        "--delay",
        type=_seconds,
        default=_DEFAULTS.delay,
        metavar="S",
        help=f"seconds between requests to a host and to an IP address (default: {_DEFAULTS.delay:g})",
    )
    add(
        "--workers",
        type=_positive,
        default=WORKERS,
        metavar="N",
        help=f"Kommunen searched at a time (default: {WORKERS})",
    )
    add(
        "--max-requests",
        type=_positive,
        default=_DEFAULTS.max_requests,
        metavar="N",
        help="per Kommune, its portals and council system included, robots.txt not "
        f"(default: {_DEFAULTS.max_requests})",
    )
    add(
        "--allow-private-hosts",
        action="store_true",
        help="ask hosts with private and loopback addresses, too (for tests)",
    )
    add(
        "--fresh", action="store_true", help="search again what is finished, asking only for what has changed"
    )
    add("--scheduler", default="", metavar="ADDRESS", help="Dask scheduler whose workers do the searching")
    add(
        "--research-use",
        action="store_true",
        help="read texts that are reserved against text and data mining, as § 60d UrhG allows research "
        "organisations (default: they are recorded, not read)",
    )
    add(
        "--ocr",
        action="store_true",
        help="read scanned PDFs by optical character recognition (slow; needs the extra [ocr] and Tesseract, with "
        "--scheduler on every worker); what is found so waits for a person when it is merged",
    )
    add("--quiet", action="store_true", help="no progress display")
    return options


def make_coder(register: tuple[Kommune, ...], *, ocr: bool = False) -> Coder:
    """Return the coder of `documents`, which resolves owners against the register first.

    With `ocr` it reads scans by character recognition. Recognised words are less sure than printed ones: the coder's
    name says so (`+ocr`), and the confidence is mittel at most, so that a person sees the coding.
    """
    from ..documents.coder import RuleCoder
    from ..documents.owners import Owners

    coder = RuleCoder(Owners(register))
    if not ocr:
        return coder
    from ..documents.material import Material
    from ..documents.text import extract

    def reading_scans(file: File, page: Page | None = None) -> Coding:
        coding = coder(file, page)
        if coding.text_status != "needs_ocr":
            return coding
        text = extract(file, ocr=True)
        if text.status != "ok":
            return coding
        coding = coder.code(Material(file, text))
        confidence = "mittel" if coding.confidence == "hoch" else coding.confidence
        return replace(coding, confidence=confidence, coder=f"{coding.coder}+ocr")

    return reading_scans


def _scrape(given: argparse.Namespace) -> Summary:
    if given.out is None:
        raise StepError("the output folder is missing: name one with --out DIR.")
    if given.ocr:
        from ..documents.ocr import require

        require()
    register = read(given.register)
    kommunen = select(register, given.only)
    settings = load()
    load_recipes()  # a mistake in it ends the command now, not the survey that first meets a council system
    shown = display(sys.stderr, quiet=given.quiet)
    try:
        return crawl(
            kommunen,
            given.out,
            settings=settings,
            options=Options(given.delay, given.max_requests, given.allow_private_hosts, given.research_use),
            make_coder=partial(make_coder, ocr=True) if given.ocr else make_coder,
            display=shown,
            register=register,
            workers=given.workers,
            fresh=given.fresh,
            scheduler=given.scheduler,
        )
    finally:
        shown.close()


def _go_on(out: Path) -> str:
    return f"Nothing is lost: run the command again with --out {out} to go on."


def _folder(text: str) -> Path | None:
    """Return the folder; None for an empty text, which `Path` would take for the current one."""
    return Path(text) if text.strip() else None


def _keys(text: str) -> tuple[str, ...]:
    found = tuple(key for part in text.split(",") if (key := part.strip()))
    if not found:
        raise argparse.ArgumentTypeError(
            f"{text!r} names no key: write --only AGS,... or leave it out for all"
        )
    return found


def _seconds(text: str) -> float:
    value = _number(text, float)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds (0 or more)")
    return value


def _positive(text: str) -> int:
    value = _number(text, int)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not 1 or more")
    return int(value)


def _number(text: str, kind: Callable[[str], float]) -> float:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _use_utf8() -> None:
    """Let umlauts reach terminals and pipes whose encoding is narrower (Windows, LANG=C)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    # Under its own name: what is sent to worker processes must be found there again.
    from konzept_diffusion.scrape.__main__ import main as command

    sys.exit(command())
