"""Proportional hazards on spells (start, stop]."""
