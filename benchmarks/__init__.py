"""Benchmarks; nothing here runs in tests."""
