"""Coding by hand: sheets out and in, codings, and how well coders agree."""
