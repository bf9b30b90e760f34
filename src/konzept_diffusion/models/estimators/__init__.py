"""Estimators, one module each: what is maximised or counted, and the frozen result that comes of it."""
