"""The real discord.py, quietly imported (2.7 imports audioop, which warns), and where it looks for Discord."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import yarl

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    import discord.gateway
    import discord.http

from .server import DiscordDouble

__all__ = ["discord", "pointed_at"]


@contextmanager
def pointed_at(double: DiscordDouble) -> Iterator[None]:
    """Within this, discord.py's clients of this process find the double where Discord would be."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = double.url, yarl.URL(double.gateway)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before
