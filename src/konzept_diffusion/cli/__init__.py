"""The command line: one thin command per verb; the work is done in the rooms."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import DataError, KonzeptError, StepError
from .output import say

_EPILOG = """examples:
  konzept-diffusion reproduce                      everything: tables, figures, numbers, paper
  konzept-diffusion reproduce --out out --lang en  with English figures
  konzept-diffusion figures abbildung_02 --lang en --out figures
  konzept-diffusion models --inference table       what sixteen clusters allow to say
  konzept-diffusion codebook Auslaender            what tables and columns mean
  konzept-diffusion build                          data/raw -> data/processed
  konzept-diffusion scrape --only 05315000         search websites, keep the evidence
  konzept-diffusion extract papers --out IN.jsonl  texts of files, scans with --ocr
  konzept-diffusion classify IN.jsonl --out OUT.jsonl
  konzept-diffusion merge crawl                    a crawl's documents into the catalogue
  KONZEPT_MIRROR=mirror konzept-diffusion fetch all

Every command explains itself with --help."""

_SCRAPE = "scrape"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code.

    0 done, 1 a validated number out of tolerance, 2 a mistake of the user, 130 interrupted.
    """
    _use_utf8()
    given_words = list(sys.argv[1:] if arguments is None else arguments)
    if given_words[:1] == [_SCRAPE]:  # a command of its own, that loads nothing of the others
        from ..scrape.__main__ import main as scrape

        return scrape(given_words[1:])
    parser = _parser()
    given = parser.parse_args(given_words)
    try:
        return given.run(given) or 0
    except KonzeptError as error:
        print(f"konzept-diffusion: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "\nkonzept-diffusion: interrupted; nothing half-written. Run the command again to go on.",
            file=sys.stderr,
        )
        return 130


def _parser() -> argparse.ArgumentParser:
    from .. import __version__
    from ..sources.retrieval import SOURCES
    from .coding import add_coding
    from .estimating import add_estimating

    parser = argparse.ArgumentParser(
        prog="konzept-diffusion",
        description="Integration concepts of German municipalities: catalogue, official statistics, "
        "diffusion models, figures, paper.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(
        name: str, run: Callable[[argparse.Namespace], int | None], text: str, example: str
    ) -> argparse.ArgumentParser:
        verb = verbs.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"example:\n  konzept-diffusion {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.set_defaults(run=run)
        return verb

    verb = add(
        "reproduce",
        _reproduce,
        "rebuild every table, figure and number, and the paper",
        "reproduce --out out --lang en",
    )
    _out(verb, "out")
    _lang(verb)
    verb.add_argument("--fresh", action="store_true", help="run every step, even if nothing has changed")
    verb.add_argument(
        "--quick",
        action="store_true",
        help="leave out the sensitivity analyses (about a minute); the paper says so",
    )

    verb = add(
        "build", _build, "build data/processed from data/raw", "build --raw data/raw --out data/processed"
    )
    verb.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the raw tables (default: the project's)"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the built tables (default: the project's)"
    )

    verb = add(
        "fetch", _fetch, "download official sources and take the figures we need", "fetch all --mirror mirror"
    )
    verb.add_argument("source", choices=[*SOURCES, "all"], help="which source")
    verb.add_argument(
        "--mirror",
        type=Path,
        metavar="DIR",
        help="folder that answers instead of the network (default: $KONZEPT_MIRROR)",
    )
    verb.add_argument(
        "--downloads", type=Path, metavar="DIR", help="folder for downloaded files (default: RAW/downloads)"
    )
    verb.add_argument(
        "--accept-changes",
        action="store_true",
        help="download anew and take files that differ from sources.lock",
    )
    verb.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the raw tables (default: the project's)"
    )

    verb = add(
        "figures",
        _figures,
        "draw one or all figures (SVG, PNG, and the data as CSV)",
        "figures abbildung_02 --lang en --out figures",
    )
    verb.add_argument("names", nargs="*", metavar="NAME", help="figures to draw; all if none is named")
    _out(verb, "out/figures")
    _lang(verb)

    verb = add(
        "models",
        _models,
        "fit the models of the paper and print them",
        "models --link logit --vcov CR3\n  konzept-diffusion models --inference table",
    )
    verb.add_argument(
        "--link",
        choices=["cloglog", "logit", "probit"],
        default="cloglog",
        help="link of the hazard (default: cloglog)",
    )
    verb.add_argument(
        "--vcov",
        choices=["iid", "HC1", "CR0", "CR1", "CR3", "wild"],
        default="CR1",
        help="covariance (default: CR1 by Land); wild: tests by the score wild cluster bootstrap",
    )
    verb.add_argument(
        "--inference",
        choices=["summary", "table"],
        default="summary",
        help="summary: the covariance chosen (default); table: iid, CR1, CR3, wild bootstrap and "
        "leave-one-Land-out side by side",
    )

    verbs.add_parser(_SCRAPE, help="search websites of Kommunen for their concepts", add_help=False)

    verb = add("paper", _paper, "set the paper from a finished run's numbers and figures", "paper --out out")
    _out(verb, "out")

    add_coding(add)
    add_estimating(add)

    verb = add(
        "codebook", _codebook, "look up what a table, column or code means", "codebook Ausländeranteil"
    )
    verb.add_argument("term", nargs="?", help="word to look for; everything if it is left out")
    verb.add_argument(
        "--write", type=Path, metavar="FILE", help="write the whole codebook as Markdown instead"
    )
    return parser


def _out(verb: argparse.ArgumentParser, default: str) -> None:
    verb.add_argument(
        "--out", type=Path, default=Path(default), metavar="DIR", help=f"output folder (default: {default})"
    )


def _lang(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--lang", choices=["de", "en"], default="de", help="language of the figures (default: de)"
    )


def _reproduce(given: argparse.Namespace) -> None:
    from ..pipeline.reproduce import reproduce

    # Two processes use less than a gigabyte each and halve the time; the outputs are the same.
    workers = min(2, os.cpu_count() or 1)
    reproduce(given.out, lang=given.lang, fresh=given.fresh, quick=given.quick, workers=workers, say=say)


def _build(given: argparse.Namespace) -> None:
    from .. import paths
    from ..pipeline.build import build

    if given.out is None and not paths.is_checkout():
        raise StepError("an installed package keeps its own tables: name a folder with --out DIR.")
    build(given.raw, given.out, say=say)


def _fetch(given: argparse.Namespace) -> None:
    from .. import paths
    from ..sources import fetch

    if given.raw is None and not paths.is_checkout():
        raise StepError(
            "an installed package keeps its own tables: name a folder of raw tables with --raw DIR."
        )
    for path in fetch(
        given.source,
        given.mirror or paths.mirror_dir(),
        given.raw or paths.raw_dir(),
        downloads=given.downloads,
        accept_changes=given.accept_changes,
        say=say,
    ):
        say(f"written: {path}")


def _figures(given: argparse.Namespace) -> None:
    from .. import paths
    from ..figures import draw_all
    from ..report.analysis import analyse

    # Tables of the sensitivity analyses are made only if a figure shows them.
    inputs = analyse(paths.processed_dir()).figure_inputs(say=lambda title: say(f"{title} ..."))
    for path in draw_all(inputs, given.out, lang=given.lang, names=given.names or None):
        say(f"written: {path}")


def _models(given: argparse.Namespace) -> None:
    from ..models.inference.few_clusters import cluster_table
    from ..models.main import SPECIFICATIONS, fit_all
    from ..riskset import panel

    fits = fit_all(panel(), link=given.link, vcov=given.vcov)
    for item in SPECIFICATIONS:
        fit = fits[item.name]
        # The bootstrap's p-values and intervals are its own; the others take the t distribution.
        shown = fit.summary(distribution=None if given.vcov == "wild" else "t")
        text = cluster_table(fit).summary() if given.inference == "table" else shown
        say(f"{item.name}: {item.label_en}\n{text}\n")


def _codebook(given: argparse.Namespace) -> None:
    from ..schemas.codebook import write_codebook
    from ..store import codebook

    if given.write:
        write_codebook(given.write)
        say(f"written: {given.write}")
        return
    found = codebook(given.term)
    if found.empty:
        raise DataError(
            f"no table, column, code or description contains {given.term!r}.", hint="Try a shorter word."
        )
    for row in found.itertuples():
        unit = f" [{row.unit}]" if isinstance(row.unit, str) and row.unit else ""
        say(f"{row.table}.{row.column} ({row.type}){unit}: {row.description}")
        if isinstance(row.categories, str) and row.categories:
            say(f"    {row.categories}")


def _paper(given: argparse.Namespace) -> None:
    from ..pipeline.reproduce import german_figures
    from ..report.paper import compile_paper

    german = german_figures(given.out)
    figures = german if any(german.glob("*.svg")) else given.out / "figures"
    pdf = compile_paper(given.out / "results.json", figures, given.out / "paper.pdf")
    say(f"written: {pdf}")


def _use_utf8() -> None:
    """Let umlauts reach terminals and pipes whose encoding is narrower (Windows, LANG=C)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
