"""What all commands share: a line to the user at once."""

from __future__ import annotations


def say(message: str) -> None:
    """Print a line now, so that progress is seen through a pipe, too."""
    print(message, flush=True)
