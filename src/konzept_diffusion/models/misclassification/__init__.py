"""Adoptions that the search has missed or wrongly named: likelihood, simulation–extrapolation, tipping point."""
