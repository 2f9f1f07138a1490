"""The doctor's lines, and the invite."""

import dataclasses

from adapters.discord.checks import check, invite
from adapters.discord.settings import DiscordSettings
from tests.adapters.discord.conftest import World


def settings_of(world: World) -> DiscordSettings:
    return dataclasses.replace(DiscordSettings(world.double.token, world.data_dir), api_url=world.double.url)


async def test_all_is_well(world: World) -> None:
    lines = await check(settings_of(world), world.bot.content)
    assert [line[:4].strip() for line in lines] == ["ok"] * 6 + ["Invi"]
    assert lines[-1].endswith(invite(world.double.application_id))
    assert world.double.violations == []
    assert not any(world.double.token in line or world.guild.name in line for line in lines)


async def test_what_is_wrong_is_said_with_its_remedy(idle: World) -> None:
    idle.guild.app = frozenset({"view_channel", "send_messages"})
    idle.guild.roles[idle.guild.bot_role].permissions = idle.guild.app
    lines = await check(dataclasses.replace(settings_of(idle), staff_roles=frozenset({1})), idle.bot.content)
    said = "\n".join(lines)
    assert "FAIL commands: not registered: Ask the bot, Send as feedback, union" in said
    assert "FAIL server 1: the bot lacks" in said
    assert "FAIL staff: no server has 1 of the roles" in said


async def test_a_refused_token(idle: World) -> None:
    idle.double.revoked = True
    lines = await check(settings_of(idle), idle.bot.content)
    assert len(lines) == 1
    assert lines[0].startswith("FAIL token: ")


def test_the_invite_asks_for_exactly_what_is_needed() -> None:
    assert invite(1) == (
        "https://discord.com/oauth2/authorize?client_id=1&scope=bot+applications.commands&permissions=274877975552"
    )
