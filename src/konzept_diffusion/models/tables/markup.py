"""Regression tables as text: LaTeX (booktabs), HTML, Markdown."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Unpack

from ...files import write_text
from .layout import Fits, Options, Row, laid_out
from .wording import INFINITY, MINUS, NARROW, NO_BREAK, TEXTS

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "`": r"\textasciigrave{}",
    "ä": r"{\"a}", "ö": r"{\"o}", "ü": r"{\"u}", "Ä": r"{\"A}", "Ö": r"{\"O}", "Ü": r"{\"U}", "ß": r"{\ss}",
    "é": r"{\'e}", "è": r"{\`e}", "–": r"\textendash{}", "—": r"\textemdash{}", "…": r"\ldots{}", "²": r"$^{2}$",
    "„": "{,,}", "“": "{``}", "”": "{''}", "’": "'",
    "×": r"$\times$", "≥": r"$\geq$", "≤": r"$\leq$", "§": r"\S{}", "©": r"\copyright{}", "€": r"\texteuro{}",
    MINUS: "$-$", INFINITY: r"$\infty$", NARROW: r"\,", NO_BREAK: "~",
}  # fmt: skip
_TEX_NUMBER = {MINUS: "-", ",": "{,}", NARROW: r"\,", " ": r"\ ", INFINITY: r"\infty ", NO_BREAK: "~"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#$^])")


def to_latex(fits: Fits, path: Path | str | None = None, **options: Unpack[Options]) -> str:
    r"""Return the table in LaTeX, for a document with `\usepackage{booktabs}`.

    Labels are escaped and pure ASCII where LaTeX has a command for the letter, so that every engine and input
    encoding sets them; numbers stand in math mode.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    path
        File to write as well.
    **options
        See `layout.Options`.

    Raises
    ------
    ModelError
        As `layout.laid_out`.
    """
    table = laid_out("to_latex", fits, options)
    lines = [r"\begin{table}[htbp]", r"\centering"]
    if table.title:
        lines.append(rf"\caption{{{tex(table.title)}}}")
    lines += [rf"\begin{{tabular}}{{l{'c' * len(table.models)}}}", r"\toprule"]
    lines.append(_tex_line(["", *(tex(name) for name in table.models)]))
    lines.append(r"\midrule")
    for label, cells in _lines(table.coefficients):
        lines.append(_tex_line([tex(label), *map(_tex_cell, cells)]))
    if table.statistics:
        lines.append(r"\midrule")
    for label, cells in _lines(table.statistics):
        lines.append(_tex_line([tex(label), *map(_tex_cell, cells)]))
    lines += [r"\bottomrule", r"\end{tabular}"]
    if table.notes:
        notes = [rf"{tex(note)}\par" for note in table.notes]
        lines += [r"\par\medskip", r"\begin{minipage}{\linewidth}\footnotesize", *notes, r"\end{minipage}"]
    lines.append(r"\end{table}")
    return _written("\n".join(lines) + "\n", path)


def to_html(fits: Fits, path: Path | str | None = None, **options: Unpack[Options]) -> str:
    """Return the table as an HTML fragment that screen readers can follow.

    It has a caption (if `title` is given), headings with a scope and the language as `lang`.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    path
        File to write as well.
    **options
        See `layout.Options`.

    Raises
    ------
    ModelError
        As `layout.laid_out`.
    """
    table = laid_out("to_html", fits, options)
    width = len(table.models) + 1
    lines = [f'<table class="regression" lang="{table.lang}">']
    if table.title:
        lines.append(f"<caption>{html.escape(table.title)}</caption>")
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.models)
    lines.append(
        f'<thead><tr><th scope="col">{html.escape(TEXTS[table.lang]["term"])}</th>{heads}</tr></thead>'
    )
    for kind, rows in (("coefficients", table.coefficients), ("statistics", table.statistics)):
        if not rows:
            continue
        lines.append(f'<tbody class="{kind}">')
        lines += [_html_row(row) for row in rows]
        lines.append("</tbody>")
    if table.notes:
        notes = "<br>".join(html.escape(note) for note in table.notes)
        lines.append(f'<tfoot><tr><td colspan="{width}">{notes}</td></tr></tfoot>')
    return _written("\n".join([*lines, "</table>"]) + "\n", path)


def to_markdown(fits: Fits, path: Path | str | None = None, **options: Unpack[Options]) -> str:
    """Return the table in Markdown, as a pipe table.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    path
        File to write as well.
    **options
        See `layout.Options`.

    Raises
    ------
    ModelError
        As `layout.laid_out`.
    """
    table = laid_out("to_markdown", fits, options)
    lines = [f"**{markdown(table.title)}**", ""] if table.title else []
    lines.append(_pipe(["", *(markdown(name) for name in table.models)]))
    lines.append(_pipe([":---", *(["---:"] * len(table.models))]))
    for label, cells in [*_lines(table.coefficients), *_lines(table.statistics)]:
        lines.append(_pipe([markdown(label), *(markdown(cell) for cell, _ in cells)]))
    for note in table.notes:
        lines += ["", markdown(note)]
    return _written("\n".join(lines) + "\n", path)


def tex(text: str) -> str:
    """Return a text with everything escaped that LaTeX would read as a command."""
    escaped = "".join(
        "``" if character == '"' and _opens(before) else _TEX.get(character, character)
        for before, character in zip(" " + text, text, strict=False)
    )
    # After the end of a row LaTeX takes [ and * for arguments of the row's end.
    return "{}" + escaped if escaped[:1] in ("[", "*") else escaped


def _opens(before: str) -> bool:
    """Return whether a straight quotation mark opens, by the character before it."""
    return before.isspace() or before in "([/–—"


def markdown(text: str) -> str:
    """Return a text with everything escaped that Markdown would read as markup."""
    return _MARKDOWN.sub(r"\\\1", text)


def _lines(rows: tuple[Row, ...]) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return label and cells (text, whether it is a number) of every line, those below on lines of their own."""
    lines = []
    for row in rows:
        lines.append((row.label, [(cell.text, bool(cell.numbers)) for cell in row.cells]))
        if row.below:
            lines.append(("", [(cell.text, bool(cell.numbers)) for cell in row.below]))
    return lines


def _tex_line(cells: list[str]) -> str:
    return " & ".join(cells).rstrip() + r" \\"


def _tex_cell(cell: tuple[str, bool]) -> str:
    text, is_number = cell
    if not text or not is_number:
        return tex(text)
    plain = text.rstrip("*")
    stars = text[len(plain) :]
    body = "".join(_TEX_NUMBER.get(character, character) for character in plain)
    return f"${body}^{{{stars}}}$" if stars else f"${body}$"


def _html_row(row: Row) -> str:
    cells = []
    for place, cell in enumerate(row.cells):
        text = html.escape(cell.text)
        if row.below and row.below[place].text:
            text += f"<br>{html.escape(row.below[place].text)}"
        cells.append(f"<td>{text}</td>")
    return f'<tr><th scope="row">{html.escape(row.label)}</th>{"".join(cells)}</tr>'


def _pipe(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _written(text: str, path: Path | str | None) -> str:
    if path is not None:
        write_text(Path(path), text)
    return text
