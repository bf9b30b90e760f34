"""How far concepts had spread among Mittelstädte and Landkreise by each year-end, as each source knows it."""

from __future__ import annotations

import pandas as pd

from ..events import WAVE_START

_SIZES = ("mittelstadt", "landkreis")


def prevalence(
    events: pd.DataFrame,
    kommunen: pd.DataFrame,
    *,
    first_year: int = WAVE_START,
    last_year: int | None = None,
) -> pd.DataFrame:
    """Return how many Mittelstädte and Landkreise are known to have adopted by year-end, by source of the events.

    No source saw all of them, so the counts are lower bounds and no shares of those without.

    Parameters
    ----------
    events, kommunen
        Tables `events` and `kommunen`.
    first_year, last_year
        The years; by default from the begin of the present wave to the latest bound of any first adoption.

    Returns
    -------
    pandas.DataFrame
        size_class, source, year, certain (adopted by then for sure: year_upper), possible (certain, or the
        interval has begun: year_lower; a missing lower bound counts from the first year), n (all of the class).
    """
    size = kommunen.set_index("ags")["size_class"]
    first = events[events["event"] == "first_adoption"]
    first = first.assign(size_class=first["ags"].map(size))
    latest = first["year_upper"].max()
    last = last_year if last_year is not None else first_year if pd.isna(latest) else int(latest)
    rows = []
    for size_class in _SIZES:
        group = first[first["size_class"] == size_class]
        for source, part in group.groupby("source", sort=True):
            upper = part["year_upper"]
            lower = part["year_lower"].fillna(first_year)
            rows += [
                {
                    "size_class": size_class,
                    "source": source,
                    "year": year,
                    "certain": int((upper <= year).sum()),
                    "possible": int((lower <= year).sum()),
                    "n": int((size == size_class).sum()),
                }
                for year in range(first_year, last + 1)
            ]
    return pd.DataFrame(rows, columns=["size_class", "source", "year", "certain", "possible", "n"])
