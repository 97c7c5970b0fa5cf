"""Stages what ships: the function and its pinned dependencies, for Function Compute's Python and glibc."""
