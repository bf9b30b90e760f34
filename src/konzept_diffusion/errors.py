"""One error root: every mistake a user can make ends in one sentence, not in a traceback.

A message says what is wrong, where (file, row, column) and what to do next. The command
line prints it and exits with 2; from Python it is an ordinary exception.
"""

from __future__ import annotations


class KonzeptError(Exception):
    """Root of all errors that this package raises on purpose."""


class InvalidKeyError(KonzeptError, ValueError):
    """An AGS or Kreis key that cannot be one (form, check of the Land)."""


class DataError(KonzeptError, ValueError):
    """A table that breaks its declaration in `konzept_diffusion.schemas`.

    Attributes name the place, so that a program can point at it too.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: object | None = None,
        row: int | None = None,
        column: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.problem, self.file, self.row, self.column, self.hint = problem, file, row, column, hint
        place = ", ".join(
            part
            for part in (
                str(file) if file is not None else "",
                f"row {row}" if row is not None else "",
                f"column {column!r}" if column is not None else "",
            )
            if part
        )
        message = f"{place}: {problem}" if place else problem
        super().__init__(f"{message} {hint}" if hint else message)


class SourceError(KonzeptError):
    """An official file or source text that is missing, unreadable or laid out differently."""


class ModelError(KonzeptError, ValueError):
    """A model that cannot be estimated as asked: the message names the term, rows or cluster."""


class StepError(KonzeptError):
    """A step of `reproduce` that could not be carried out (for instance an unwritable folder)."""
