"""Likelihood with Jeffreys' penalty, its profile and tests."""
