"""Raise a ValueError while being imported."""

int("x")
