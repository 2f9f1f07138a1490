"""Servers of our own, shaped like the platforms and strict where they are, for the tests."""
