"""Across platforms: feedback given in Slack, opened by its receipt in Discord, staff's question answered there."""

from bot.core import Bot
from bot.events import Role
from bot.filling import FORM
from bot.ports import UnitOfWork
from bot.staffing import Desk, ask, show
from tests.contracts.dialogs import QUICK
from tests.contracts.discord_harness import DiscordHarness
from tests.contracts.slack_harness import SlackHarness
from tests.contracts.test_dialogs import SIX_WORDS

QUESTION, ANSWER = "Which machine is it?", "The one in bay four."


async def test_a_receipt_of_slack_opens_in_discord(bot: Bot) -> None:
    in_slack, in_discord = SlackHarness(bot, "ana"), DiscordHarness(bot, "ben")
    try:
        for said, _ in QUICK:
            shown = await in_slack.say(said)
        (receipt,) = SIX_WORDS.findall(shown)
        assert "not shown who wrote it" in await in_slack.say("send")

        def desk(uow: UnitOfWork) -> Desk:
            return Desk(Role.STAFF, uow, bot.content, bot.vault, bot.clock().date())

        (item,) = await bot.store.read(lambda uow: [one.id for one in uow.items.all(FORM)])
        await bot.store.write(lambda uow: ask(desk(uow), item, QUESTION))
        assert "Type the six words" in await in_discord.say("receipt")
        shown = await in_discord.say(receipt)
        assert "What happens: Ask us first." in shown
        assert QUESTION in shown
        await in_discord.say("reply")
        await in_discord.say(ANSWER)
        thread = (await bot.store.write(lambda uow: show(desk(uow), item, "en"))).notes
        assert [one.text for one in thread] == [QUESTION, ANSWER]
    finally:
        await in_slack.leave()
        await in_discord.leave()
