"""discord.py is imported here first: its first import warns, and the double's client keeps that quiet."""

import tests.doubles.discord.client

assert tests.doubles.discord.client
