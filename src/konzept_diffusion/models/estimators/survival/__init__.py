"""Survival and cumulative-hazard curves and the log-rank test."""
