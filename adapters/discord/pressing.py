"""Buttons that concern their own message: whose it is, taking a receipt away, asking again where others do not see."""

from typing import Any

import discord

from adapters.discord.ids import WRITTEN
from adapters.discord.parse import words_of
from adapters.discord.views import NOBODY, without


def owner(interaction: discord.Interaction[Any]) -> int | None:
    """Whom a public message was said to; None where it is seen by one member only, or nobody knows any more."""
    message = interaction.message
    if message is None or interaction.guild_id is None or message.flags.ephemeral:
        return None
    if message.interaction_metadata is not None:
        return message.interaction_metadata.user.id
    before = message.reference.resolved if message.reference else None
    return before.author.id if isinstance(before, discord.Message) else None


async def erase(interaction: discord.Interaction[Any], erased: str) -> None:
    """Show the message without its receipt, and without the button."""
    message = interaction.message
    assert message is not None
    kept, receipt, rest = message.content.partition("```\n")
    content = kept + erased + rest.partition("\n```")[2] if receipt else message.content
    await interaction.response.edit_message(
        content=content, view=without(message, f"w1x:{WRITTEN}"), allowed_mentions=NOBODY
    )


async def question_before(interaction: discord.Interaction[Any]) -> str:
    """The mention that the pressed message answers; "" where it is gone."""
    message = interaction.message
    before = message.reference.resolved if message and message.reference else None
    if not isinstance(before, discord.Message) and message and message.reference and message.reference.message_id:
        try:
            before = await message.channel.fetch_message(message.reference.message_id)
        except discord.HTTPException:
            return ""
    user = interaction.client.user
    if not isinstance(before, discord.Message) or before.author.id != interaction.user.id or user is None:
        return ""
    return words_of(before.content, user.id)
