"""The numbers of the paper's section on how sure its estimates are, from the tables of `sensitivity`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..keys import LAENDER
from ..models.main import DISPLAY_SCALES

_KINDS = ("iid", "cr1", "cr3", "wild")
_SHARES = (
    "specifications", "estimated", "failed", "share_positive", "share_dominant_sign", "share_significant",
    "share_significant_dominant", "dominant_sign",
)  # fmt: skip


def sensitivity_results(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the numbers by analysis; hazard ratios are per step of `models.main.DISPLAY_SCALES`."""
    return {
        "few_clusters": _few_clusters(tables["few_clusters"]),
        "leave_one_land_out": _leave_one_land_out(tables["leave_one_land_out"]),
        "specifications": _specifications(tables),
        "tipping": _tipping(tables["tipping"], tables["tipping_by_size"]),
        "misclassification": _misclassification(tables["misclassification"]),
        "programmes": _programmes(tables["programme_verdicts"]),
        "diffusion_placebo": _placebo(tables["diffusion_placebo"]),
    }


def _ratio(term: str, value: float) -> float:
    """Return a coefficient as hazard ratio per step."""
    return math.exp(DISPLAY_SCALES.get(term, 1.0) * value)


def _land(code: str) -> str:
    return LAENDER[code].name


def _few_clusters(table: pd.DataFrame) -> dict[str, Any]:
    """Return p-values and intervals by model and term, for the terms that the paper shows."""
    found: dict[str, Any] = {"tests": str(table["tests"].iloc[0])}
    for row in table[table["term"].isin(list(DISPLAY_SCALES))].to_dict(orient="records"):
        term = row["term"]
        numbers: dict[str, Any] = {"ratio": _ratio(term, row["estimate"])}
        for kind in _KINDS:
            numbers[kind] = {
                "p_value": row[f"{kind}_p_value"],
                "ratio_low": _ratio(term, row[f"{kind}_conf_low"]),
                "ratio_high": _ratio(term, row[f"{kind}_conf_high"]),
            }
        numbers |= {
            "n_clusters": row["n_clusters"],
            "effective_clusters": row["effective_clusters"],
            "effective_clusters_dependent": row["effective_clusters_dependent"],
            "largest_leverage": row["largest_leverage"],
        }
        found.setdefault(row["model"], {})[term] = numbers
    return found


def _leave_one_land_out(table: pd.DataFrame) -> dict[str, Any]:
    """Return the range of the hazard ratio without one Land, and without which it is smallest and largest."""
    found: dict[str, Any] = {}
    for (model, term), rows in table[table["term"].isin(list(DISPLAY_SCALES))].groupby(["model", "term"]):
        there = rows.dropna(subset=["estimate"])
        lowest, highest = (
            there.loc[place] for place in (there["estimate"].idxmin(), there["estimate"].idxmax())
        )
        found.setdefault(str(model), {})[str(term)] = {
            "low": _ratio(str(term), lowest["estimate"]),
            "low_without": _land(lowest["left_out"]),
            "high": _ratio(str(term), highest["estimate"]),
            "high_without": _land(highest["left_out"]),
            "estimated": len(there),
            "failed": len(rows) - len(there),
        }
    return found


def _specifications(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return shares, range of effects (percentage points per step) and joint p-values by term."""
    tests = tables["specification_tests"]
    found: dict[str, Any] = {
        "total": int(tables["specifications"]["specification"].nunique()),
        "failed": int(
            tables["specifications"]
            .loc[tables["specifications"]["status"] != "ok", "specification"]
            .nunique()
        ),
        "draws": int(tests["draws"].min()),
        "terms": {},
    }
    for row in tables["specification_shares"].to_dict(orient="records"):
        term = row["term"]
        step = 100 * DISPLAY_SCALES[term]
        own = tests[tests["term"] == term].set_index("statistic")["p_value"]
        found["terms"][term] = {name: row[name] for name in _SHARES} | {
            "median_effect": step * row["median_effect"],
            "lowest_effect": step * row["lowest_effect"],
            "highest_effect": step * row["highest_effect"],
            "n_significant": round(row["share_significant"] * row["estimated"]),
            "joint_p": own.to_dict(),
            "significant_durations": _durations(tables["specifications"], term),
        }
    return found


def _durations(table: pd.DataFrame, term: str) -> list[str]:
    """Return the duration terms of the specifications in which a term is significant."""
    significant = (table["term"] == term) & table["significant"].fillna(False).astype(bool)
    return sorted(set(table.loc[significant, "duration"]))


def _tipping(table: pd.DataFrame, by_size: pd.DataFrame) -> dict[str, Any]:
    """Return the ratio where the search is perfect and where it is worst, and where the verdict first changes."""
    found: dict[str, Any] = {}
    for term, rows in table.groupby("term", sort=False):
        name = str(term)
        rows = rows.sort_values("x", ascending=False)
        last = rows.iloc[-1]
        changed = rows[rows["verdict"] != "holds"]
        found[name] = {
            "ratio": _ratio(name, rows["estimate"].iloc[0]),
            "lowest_sensitivity": last["x"],
            "ratio_at_lowest": _ratio(name, last["estimate"]),
            "ratio_low_at_lowest": _ratio(name, last["conf_low"]),
            "ratio_high_at_lowest": _ratio(name, last["conf_high"]),
            "changes_at": None if changed.empty else changed["x"].iloc[0],
            "changes_to": None if changed.empty else changed["verdict"].iloc[0],
            "verdicts": sorted(set(rows["verdict"])),
        }
    there = by_size.dropna(subset=["estimate"])
    found["by_size"] = {
        "points": len(there),
        "without_estimate": len(by_size) - len(there),
        "conclusion_holds": int(there["same_conclusion"].astype(bool).sum()),
        "lowest_sensitivity": there[["sensitivity", "sensitivity_group"]].min().min(),
    }
    return found


def _misclassification(table: pd.DataFrame) -> dict[str, Any]:
    """Return the coefficient of size, naive and corrected, by size class; ratios of hazards or odds per doubling."""
    found: dict[str, Any] = {}
    size = table[table["term"] == "log_population"]
    for name, rows in size.groupby("size_class", sort=False):
        there = rows.dropna(subset=["corrected"])
        found[str(name)] = {
            "model": rows["model"].iloc[0],
            "n_units": rows["n_units"].iloc[0],
            "n_named": rows["n_named"].iloc[0],
            "naive": _ratio("log_population", rows["naive"].iloc[0]),
            "naive_low": _ratio("log_population", rows["naive_low"].iloc[0]),
            "naive_high": _ratio("log_population", rows["naive_high"].iloc[0]),
            "corrected_lowest": _ratio("log_population", there["corrected"].min()),
            "corrected_highest": _ratio("log_population", there["corrected"].max()),
            "smallest_lower_bound": _ratio("log_population", there["conf_low"].min()),
            "largest_upper_bound": _ratio("log_population", there["conf_high"].max()),
            "lowest_sensitivity": there["sensitivity"].min(),
            "lowest_specificity": there["specificity"].min(),
            "variants": len(rows),
            "not_estimated": len(rows) - len(there),
        }
    return found


def _programmes(table: pd.DataFrame) -> dict[str, Any]:
    """Return every verdict with its numbers, and how often each verdict was reached."""
    columns = (
        "programme", "label", "land_name", "start", "end", "verdict", "treated_units", "events_before",
        "events_during", "concept_condition", "control_units", "hazard_ratio", "detectable_ratio", "placebo_p_value",
        "smallest_p_value", "simulated_size", "power_at_2", "informative",
    )  # fmt: skip
    rows = []
    for row in table.to_dict(orient="records"):
        numbers = {name: None if pd.isna(row[name]) else row[name] for name in columns}
        ratio = numbers["detectable_ratio"]
        # No ratio up to the largest looked at can be found: JSON has no infinity.
        numbers["detectable_ratio"] = ratio if ratio is not None and math.isfinite(ratio) else None
        rows.append(numbers | {"reasons": row["reasons"].split("|")})
    return {
        "rows": rows,
        "counts": table["verdict"].value_counts().to_dict(),
        "total": len(table),
        "level": table["level"].iloc[0],
        "units_demanded": table["units_demanded"].iloc[0],
        "power": table["power"].iloc[0],
        "largest_ratio": table["largest_ratio"].iloc[0],
    }


def _placebo(table: pd.DataFrame) -> dict[str, Any]:
    """Return the placebos by exposure term; hazard ratios per ten percentage points of the peers."""
    step = DISPLAY_SCALES["exposure_land"]
    return {
        row["term"]: {
            **{name: row[name] for name in ("p_value", "naive_size", "n_draws", "n_failed")},
            "ratio": math.exp(step * row["estimate"]),
            "ratio_without_diffusion": math.exp(step * row["bias"]),
            "ratio_low": math.exp(step * row["placebo_low"]),
            "ratio_high": math.exp(step * row["placebo_high"]),
        }
        for row in table.to_dict(orient="records")
    }
