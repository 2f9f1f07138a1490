"""The doctor's lines, and the invite."""

import dataclasses

from adapters.cli.upkeep import line
from adapters.discord.checks import check, invite
from adapters.discord.settings import DiscordSettings
from bot.doctor import State
from tests.adapters.discord.conftest import World


def settings_of(world: World) -> DiscordSettings:
    return dataclasses.replace(DiscordSettings(world.double.token, world.data_dir), api_url=world.double.url)


async def test_all_is_well(world: World) -> None:
    found = await check(settings_of(world), world.bot.content)
    assert [one.state for one in found] == [State.WELL] * 7
    assert found[-1].told == invite(world.double.application_id)
    assert world.double.violations == []
    assert not any(world.double.token in line(one) or world.guild.name in line(one) for one in found)


async def test_what_is_wrong_is_said_with_its_remedy(idle: World) -> None:
    idle.guild.app = frozenset({"view_channel", "send_messages"})
    idle.guild.roles[idle.guild.bot_role].permissions = idle.guild.app
    found = await check(dataclasses.replace(settings_of(idle), staff_roles=frozenset({1})), idle.bot.content)
    wrong = {one.name: one.told for one in found if one.state is State.ILL and one.fix}
    assert wrong["discord commands"] == "not registered: Ask the bot, Send as feedback, union"
    assert wrong["discord server 1"].startswith("the bot lacks")
    assert wrong["discord staff"].startswith("no server has 1 of the roles")


async def test_a_refused_token(idle: World) -> None:
    idle.double.revoked = True
    (found,) = await check(settings_of(idle), idle.bot.content)
    assert (found.name, found.state) == ("discord token", State.ILL)


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    assert invite(1) == (
        "https://discord.com/oauth2/authorize?client_id=1&scope=bot+applications.commands&permissions=274877975552"
    )
