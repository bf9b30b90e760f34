"""Pages, forms and sitemaps as data: parsed once, never raising on rubbish."""

from __future__ import annotations

from .page import Link, Page, is_soft_404, parse, search_results

__all__ = ["Link", "Page", "is_soft_404", "parse", "search_results"]
