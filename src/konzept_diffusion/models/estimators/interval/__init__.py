"""Parametric hazards for adoptions known within bounds."""
