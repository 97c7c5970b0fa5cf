"""Raise something else while being imported."""

raise RuntimeError("no settings")
