"""Uncertainty of an estimate, whatever the estimator: covariances and few-cluster inference."""
