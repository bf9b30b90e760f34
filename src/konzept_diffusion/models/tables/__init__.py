"""Regression tables of one or several fits: a layout, and LaTeX, HTML, Markdown, Word and Excel made from it."""
