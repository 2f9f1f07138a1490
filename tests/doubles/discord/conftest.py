from collections.abc import AsyncIterator

import pytest

from .client import Bot, running
from .members import Member
from .server import DiscordDouble


@pytest.fixture
async def double() -> AsyncIterator[DiscordDouble]:
    """A double with one server, "Local 12", whose role "stewards" may manage it."""
    async with DiscordDouble() as one:
        one.add_guild("Local 12", channels=("general",), roles={"stewards": ("manage_guild",)})
        yield one


@pytest.fixture
def ana(double: DiscordDouble) -> Member:
    return double.add_user("ana", locale="es-ES")


@pytest.fixture
async def bot(double: DiscordDouble, ana: Member) -> AsyncIterator[Bot]:
    async with running(double, Bot()) as one:
        yield one
