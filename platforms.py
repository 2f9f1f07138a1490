"""The chat platforms' part of the composition root, which app.py loads where they are served or looked at."""

import datetime as dt
import pathlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

import adapters.discord.settings
import adapters.health
from adapters.discord import checks
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.catching_up import KnownDm
from adapters.discord.settings import PLATFORM as DISCORD
from adapters.discord.settings import DiscordSettings
from adapters.health import HealthSettings
from adapters.slack import doctor
from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import PLATFORM as SLACK
from adapters.slack.settings import SlackSettings
from bot.catching_up import directs
from bot.content import Content
from bot.core import Bot
from bot.doctor import Finding, State
from bot.errors import SettingsError
from bot.running import Served, is_stored
from bot.servers import present
from bot.suggesting import Suggesting
from settings import Settings


def served(settings: Settings, bot: Bot, name: str, data_dir: pathlib.Path) -> Served:
    if name == SLACK:
        slack = SlackAdapter(slack_settings(settings), bot.content, ready=lambda: is_stored(bot))
        return Served(SLACK, slack, settings.slack_staff_channel)

    async def known() -> list[KnownDm]:
        return [KnownDm(one.address, dt.date.fromisoformat(one.day)) for one in await directs(bot, DISCORD)]

    async def servers(found: Sequence[str]) -> None:
        await present(bot.store, bot.vault, DISCORD, found, bot.clock().date())

    own = discord_settings(settings, data_dir)
    adapter = DiscordAdapter(own, bot.content, Suggesting(bot.content), known, servers)
    return Served(DISCORD, adapter, settings.discord_staff_channel)


async def examine(settings: Settings, content: Content, name: str, data_dir: pathlib.Path) -> list[Finding]:
    """Raises nothing for wrong settings: they are a finding."""
    if name == SLACK:
        return await doctor.examine(slack_settings(settings))
    try:
        own = discord_settings(settings, data_dir)
    except SettingsError as problem:
        return [Finding("discord settings", State.ILL, str(problem), "See .env.example, and the README on Discord.")]
    return await checks.check(own, content)


def health(
    settings: Settings, ready: Callable[[], Awaitable[bool]], several: Sequence[Served]
) -> AbstractAsyncContextManager[None]:
    own = HealthSettings(settings.health_host, settings.health_port, settings.heartbeat_file)
    metrics = [one.adapter.metrics for one in several if isinstance(one.adapter, SlackAdapter | DiscordAdapter)]
    return adapters.health.served(ready, metrics, own)


def slack_settings(settings: Settings) -> SlackSettings:
    return SlackSettings(
        bot_token=settings.slack_bot_token,
        app_token=settings.slack_app_token,
        signing_secret=settings.slack_signing_secret,
        api_url=settings.slack_api_url,
        command=settings.slack_command,
        host=settings.slack_host,
        port=settings.slack_port,
        staff=frozenset(one.strip() for one in settings.staff_ids.split(",") if one.strip()),
        staff_group=settings.slack_staff_group,
        guests=settings.slack_guests,
        outside=settings.slack_outside,
        agent_view=settings.slack_agent_view,
        silent_seconds=settings.slack_silent_seconds,
    )


def discord_settings(settings: Settings, data_dir: pathlib.Path) -> DiscordSettings:
    return adapters.discord.settings.read(
        data_dir,
        token=settings.discord_token,
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        roles=settings.discord_staff_roles,
        guild=settings.discord_trial_guild,
    )
