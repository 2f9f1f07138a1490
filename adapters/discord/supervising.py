"""A client that ended is started again, each time a little later; what no new start can mend ends the program."""

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable

import discord
import structlog
from discord.gateway import KeepAliveHandler

from adapters.discord.client import Client
from bot.errors import SettingsError

log = structlog.get_logger("worker_voice")
FIRST_WAIT, LONGEST_WAIT, STEADY = 1.0, 300.0, 300.0  # seconds; after STEADY the waits begin anew
FINAL = {
    4004: "Discord refused DISCORD_TOKEN; copy the bot token again from the developer portal.",
    4010: "Discord refused the shard; start one process only, or look at DISCORD_GATEWAY_URL.",
    4011: "Discord asks for more shards than were started; start again.",
    4012: "This version of discord.py is too old for Discord; install a newer Worker Voice.",
    4013: "Discord does not know the intents asked for; install a newer Worker Voice.",
    4014: "Discord refused the intents asked for; look at the bot's page in the developer portal.",
}


async def supervise(
    make: Callable[[], Client], token: str, *, first_wait: float, ending: Callable[[], Awaitable[None]]
) -> None:
    """Run clients until cancelled; `ending`: before each one's connections are closed. Raises SettingsError."""
    wait = first_wait
    while True:
        began = time.monotonic()
        client = make()
        try:
            await run(client, token, ending)
        except Exception as problem:
            final(problem)
            log.warning("discord_ended", error=type(problem).__name__)
        if time.monotonic() - began > STEADY:
            wait = first_wait
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))
        wait = min(LONGEST_WAIT, wait * 2)


async def run(client: Client, token: str, ending: Callable[[], Awaitable[None]]) -> None:
    """One client, in a task of its own: one that makes a connection anew swallows a cancellation, and would stay."""
    async with client:
        running = asyncio.ensure_future(client.start(token))
        try:
            await asyncio.wait([running])
        finally:
            await ending()
            running.cancel()
            await close_sockets(client)
            await client.close()  # it leaves its loop, even if it swallowed that
            await asyncio.wait([running])
    if not running.cancelled():
        running.result()


async def close_sockets(client: Client) -> None:
    """Also one that was being opened: closing the client does not know of it, and its heartbeats would go on."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is client._connection:
            await thread.ws.close(code=1000)
            thread.stop()


def final(problem: Exception) -> None:
    """Raises SettingsError where only a person can help."""
    if isinstance(problem, SettingsError):
        raise problem
    if isinstance(problem, discord.LoginFailure):
        raise SettingsError(FINAL[4004]) from None
    if isinstance(problem, discord.PrivilegedIntentsRequired):
        raise SettingsError(FINAL[4014]) from None
    if isinstance(problem, discord.ConnectionClosed) and problem.code in FINAL:
        raise SettingsError(FINAL[problem.code]) from None
