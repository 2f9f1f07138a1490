"""`./run serve`, `./run slack` and `./run discord` as processes, on servers shaped like the platforms."""

import asyncio
import pathlib
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.faq.matcher import Matcher
from tests.adapters.slack.conftest import free_port
from tests.doubles.discord import DiscordDouble
from tests.doubles.slack import SlackDouble
from tests.operators import Installation

SECONDS = 60.0


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        yield double


@pytest.fixture
async def discord() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as double:
        double.add_guild("Local 12", channels=("general", "staff"), roles=("stewards",))
        yield double


@pytest.fixture
async def here(answers: Matcher, request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Installation:
    """With the index that `answers` has built."""
    one = Installation(tmp_path / "data")
    (one.folder / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    await one.init()
    return one


def of_slack(slack: SlackDouble) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.url}


def of_discord(discord: DiscordDouble) -> dict[str, str]:
    return {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.url}


@asynccontextmanager
async def serving(here: Installation, *words: str, **settings: str) -> AsyncIterator[subprocess.Popen[str]]:
    """Until it says so; ended, and its end waited for."""
    process = here.start(*words, **settings)
    assert process.stderr
    try:
        said = ""
        while "Serving members" not in said:
            said = await asyncio.wait_for(asyncio.to_thread(process.stderr.readline), SECONDS)
            assert said, "it ended"
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, SECONDS)
        process.stderr.close()
        assert process.stdout
        process.stdout.close()


async def test_one_process_serves_both_on_one_store(
    here: Installation, slack: SlackDouble, discord: DiscordDouble
) -> None:
    port = free_port()
    settings = of_slack(slack) | of_discord(discord) | {"HEALTH_PORT": str(port)}
    async with serving(here, "serve", **settings) as process:
        ana, ben = slack.member("UANA"), discord.add_user("ben")
        await discord.ready()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            await until_ready(session)
            await ana.dm("What are the three goals?")
            await slack.until(lambda: any("Source" in one.text for one in ana.received), SECONDS)
            await ben.dm("What are the three goals?")
            await discord.until(lambda: any("Source" in one.text for one in ben.inbox), SECONDS)
            async with session.get("/metrics") as answer:
                told = await answer.text()
    assert process.returncode == 0
    assert 'worker_voice_slack_events_total{kind="message"} 1.0' in told
    assert 'worker_voice_discord_events_total{kind="message"} 1.0' in told
    assert slack.violations == []
    assert discord.violations == []


async def until_ready(session: aiohttp.ClientSession) -> None:
    for _ in range(100):
        async with session.get("/readyz") as answer:
            if answer.status == 200:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("never ready")


@pytest.mark.parametrize(
    ("command", "settings", "said"),
    [
        (("slack",), {}, "SLACK_BOT_TOKEN is not set"),
        (("slack",), {"SLACK_BOT_TOKEN": "xoxb-secret"}, "Set SLACK_APP_TOKEN"),
        (("slack",), {"SLACK_GUESTS": "secret"}, "SLACK_GUESTS cannot be used"),
        (("discord",), {}, "DISCORD_TOKEN is empty"),
        (("discord",), {"DISCORD_TOKEN": "secret", "DISCORD_STAFF_ROLES": "stewards"}, "DISCORD_STAFF_ROLES must hold"),
        (("serve",), {}, "Set SLACK_BOT_TOKEN or DISCORD_TOKEN first"),
    ],
)
async def test_wrong_configuration_is_one_sentence(
    here: Installation, command: tuple[str, ...], settings: dict[str, str], said: str
) -> None:
    done = await here.run(*command, **settings)
    assert done.returncode == 3
    (line,) = [one for one in done.stderr.splitlines() if "Building" not in one and "index" not in one]
    assert said in line
    assert "secret" not in done.stderr + done.stdout


async def test_refused_tokens_end_with_status_3(here: Installation, slack: SlackDouble, discord: DiscordDouble) -> None:
    wrong = of_slack(slack) | {"SLACK_BOT_TOKEN": "xoxb-secret-wrong"}
    done = await here.run("serve", **(of_discord(discord) | wrong))
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("Slack refuses SLACK_BOT_TOKEN (invalid_auth)")
    done = await here.run("discord", **(of_discord(discord) | {"DISCORD_TOKEN": "secret-wrong"}))
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("Discord refused DISCORD_TOKEN")
    assert "secret-wrong" not in done.stderr


async def test_doctor_looks_at_a_platform(here: Installation, slack: SlackDouble, discord: DiscordDouble) -> None:
    done = await here.run("doctor", "slack", **of_slack(slack))
    assert "ok    slack bot token  works, for the workspace" in done.stdout
    done = await here.run("doctor", "discord", **of_discord(discord))
    assert "discord invite" in done.stdout
    done = await here.run("doctor", "discord")
    assert "FAIL  discord settings  DISCORD_TOKEN is empty" in done.stdout
    assert done.returncode == 1
    done = await here.run("doctor", "teams")
    assert done.returncode == 2
