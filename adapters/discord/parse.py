"""Messages and interactions become events."""

import re
from typing import Any, TypedDict

import discord

from adapters.discord import servers
from adapters.discord.ids import Page
from adapters.discord.modals import values
from adapters.discord.settings import PLATFORM
from bot.events import Action, FormSubmission, Message, Role, Shortcut

WRITTEN_KINDS = (discord.MessageType.default, discord.MessageType.reply)


class Shared(TypedDict):
    """What every event of a member says."""

    id: str
    platform: str
    account: str
    address: str
    name: str
    locale: str
    private: bool
    leaves_history: bool
    can_show_form: bool
    has_forms: bool
    can_push: bool
    role: Role
    server: str


def is_for_us(message: discord.Message, bot: int) -> bool:
    """A member's own message, in direct messages or with the bot mentioned."""
    if message.author.bot or message.webhook_id or message.type not in WRITTEN_KINDS:
        return False
    return message.guild is None or any(user.id == bot for user in message.mentions)


def of_message(message: discord.Message, bot: int, role: Role) -> Message:
    """A direct message, or a mention, from whose words the mention is taken."""
    direct = message.guild is None
    unread = message.attachments or message.stickers or message.poll or message.message_snapshots
    return Message(
        id=str(message.id),
        platform=PLATFORM,
        account=str(message.author.id),
        address=str(message.author.id),
        name=message.author.display_name,
        locale="" if message.guild is None else str(message.guild.preferred_locale),
        private=direct,
        leaves_history=direct,
        has_forms=True,
        can_push=True,
        catches_up=direct,
        role=role,
        server="" if message.guild is None else str(message.guild.id),
        text=message.content if direct else words_of(message.content, bot),
        attachments=bool(unread),
    )


def words_of(content: str, bot: int) -> str:
    """What was said to the bot, without its mention."""
    return re.sub(rf"<@!?{bot}>", " ", content).strip()


def shared(interaction: discord.Interaction[Any], role: Role, *, ephemeral: bool) -> Shared:
    account = str(interaction.user.id)
    return Shared(
        id=str(interaction.id),
        platform=PLATFORM,
        account=account,
        address=account,
        name=interaction.user.display_name,
        locale=str(interaction.locale),
        private=True,
        leaves_history=not ephemeral,
        can_show_form=interaction.type is not discord.InteractionType.modal_submit,
        has_forms=True,
        can_push=True,
        role=role,
        server=servers.of(interaction),
    )


def asked(told: Shared, question: str) -> Message:
    """A question, whatever else is open."""
    return Message(**told, text=question, question=True)


def typed(told: Shared, words: str) -> Message:
    return Message(**told, text=words)


def pressed(told: Shared, action: str, value: str = "") -> Action:
    return Action(**told, action=action, value=value)


def chosen(told: Shared, message: discord.Message) -> Shortcut:
    """A message to be sent as feedback: its words only where the member wrote them."""
    mine = str(message.author.id) == told["account"]
    return Shortcut(**told, text=message.content if mine else "")


def submitted(told: Shared, page: Page, data: Any) -> FormSubmission:
    typed = values(data.get("components", []))
    return FormSubmission(**told, form=page.form, page=page.number, values=typed, draft=page.draft)
