"""The slash commands under /union and the message menus, with their Spanish names; what each asks of the core."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import discord
from discord import app_commands
from discord.app_commands import locale_str

from adapters.discord.parse import Shared, asked, chosen, pressed, typed
from adapters.discord.render import shorten
from adapters.discord.texts import own_texts, say
from bot.content import Content
from bot.events import AnyEvent

Suggest = Callable[[str, str], list[tuple[str, str]]]  # words, language -> approved questions and their topics
ACTIONS = {"feedback": "feedback", "mydata": "my_data", "receipt": "receipt", "language": "language", "help": "help"}
CHOICES, CHOICE = 25, 100  # suggestions; characters of one
LONGEST_QUESTION, LONGEST_WORDS = 2000, 4000
SPANISH = (discord.Locale.spain_spanish, discord.Locale.latin_american_spanish)
EVERYWHERE = ("ask", "help")  # what works for somebody who has the app on their account only


class Tree(app_commands.CommandTree[discord.Client]):
    """The command tree; `broken` answers a command that Discord sent and this version does not know."""

    broken: Callable[[discord.Interaction[Any]], Awaitable[None]]

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        await self.broken(interaction)


class Receiver(Protocol):
    """Takes what a member did, and answers it; `make` gets what all events say."""

    async def take(self, interaction: discord.Interaction[Any], make: Callable[[Shared], AnyEvent]) -> None: ...


class Spanish(app_commands.Translator):
    """Names and descriptions from texts/es.toml, by the key in the extras."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        return own_texts()["es"](string.extras["key"]) if locale in SPANISH else None


def name(key: str) -> locale_str:
    return locale_str(say("en", f"command.{key}"), key=f"command.{key}")


def build(tree: Tree, receiver: Receiver, content: Content, suggest: Suggest) -> None:
    """Fill the tree."""
    union: app_commands.Group = app_commands.Group(
        name=name("union"),
        description=name("union_how"),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )
    add_ask(union, receiver, content, suggest)
    for one in ACTIONS:
        add_action(union, receiver, one)
    add_staff(union, receiver, content)
    tree.add_command(union)
    add_menus(tree, receiver)


def add_ask(union: app_commands.Group, receiver: Receiver, content: Content, suggest: Suggest) -> None:
    @union.command(name=name("ask"), description=name("ask_how"))
    @app_commands.rename(question=name("question"))
    @app_commands.describe(question=name("question_how"))
    async def ask(
        interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, LONGEST_QUESTION]
    ) -> None:
        if question in content.entries:  # chosen from the suggestions
            await receiver.take(interaction, lambda told: pressed(told, "topic", question))
        else:
            await receiver.take(interaction, lambda told: asked(told, question))

    @ask.autocomplete("question")
    async def suggested(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        language = str(interaction.locale)[:2]
        language = language if language in content.texts else content.languages[0]
        found = await asyncio.to_thread(suggest, current, language)
        return [
            app_commands.Choice(name=shorten(question, CHOICE), value=topic)
            for question, topic in found[:CHOICES]
            if len(topic) <= CHOICE
        ]


def add_action(union: app_commands.Group, receiver: Receiver, command: str) -> None:
    @union.command(name=name(command), description=name(f"{command}_how"))
    async def act(interaction: discord.Interaction[Any]) -> None:
        await receiver.take(interaction, lambda told: pressed(told, ACTIONS[command]))


def add_staff(union: app_commands.Group, receiver: Receiver, content: Content) -> None:
    staff_word = next(iter(content.texts.values()))("desk.word_staff").split(",")[0].strip()

    @union.command(name=name("staff"), description=name("staff_how"))
    @app_commands.rename(words=name("words"))
    @app_commands.describe(words=name("words_how"))
    async def staff(
        interaction: discord.Interaction[Any], words: app_commands.Range[str, 0, LONGEST_WORDS] = ""
    ) -> None:
        await receiver.take(interaction, lambda told: typed(told, f"{staff_word} {words}".strip()))


def add_menus(tree: Tree, receiver: Receiver) -> None:
    """What can be done with a message, from its menu."""
    where = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
    installed = app_commands.AppInstallationType(guild=True, user=False)

    async def send_as_feedback(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await receiver.take(interaction, lambda told: chosen(told, message))

    async def ask_the_bot(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await receiver.take(interaction, lambda told: asked(told, message.content))

    for key, callback in (("send_as_feedback", send_as_feedback), ("ask_the_bot", ask_the_bot)):
        tree.add_command(
            app_commands.ContextMenu(
                name=name(key), callback=callback, allowed_contexts=where, allowed_installs=installed
            )
        )


def may_be_used(interaction: discord.Interaction[Any]) -> bool:
    """A user's own install serves questions and help only; direct messages with the bot serve all."""
    if interaction.guild_id is None and not interaction.context.private_channel:
        return True
    if interaction.is_guild_integration():
        return True
    command = interaction.command
    return command is None or (isinstance(command, app_commands.Command) and command.name in EVERYWHERE)
