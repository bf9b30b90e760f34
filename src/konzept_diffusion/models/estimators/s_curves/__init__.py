"""Adoption curves: Bass, logistic, Gompertz."""
