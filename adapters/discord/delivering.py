"""Where an outcome goes: to an interaction, a direct message, or a channel and, what is personal, past it."""

from typing import Any, Protocol, assert_never

import discord

from adapters.discord import failing, ids
from adapters.discord.holding import Held, Void
from adapters.discord.modals import modal, notes_fit
from adapters.discord.posting import Closed, Post
from adapters.discord.render import Part, Press, render
from adapters.discord.texts import language_of, say
from bot.content import Content
from bot.events import Action, AnyEvent, FormSubmission
from bot.replies import Button, FormErrors, Outcome, Reply, ShowForm, Text


class Door(Protocol):
    """Shows outcomes to whoever caused one event; `close`: nothing more will come."""

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None: ...
    async def close(self, event: AnyEvent) -> None: ...


class ForInteraction:
    """An answer, modal or placeholder; a direct message where Discord takes no answer any more."""

    def __init__(self, held: Held, content: Content, post: Post) -> None:
        self.held, self.content, self.post = held, content, post

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        match outcome:
            case None:
                return
            case ShowForm():
                if await self._open(outcome):
                    return
                parts = render(slow_form(event, outcome), outcome.language)
            case FormErrors():
                parts = failing.errors(outcome, event, self.content, self._language(event))
            case Reply():
                language = language_of(outcome, event, self.content)
                if failing.was_not_kept(outcome, self.content):
                    outcome = failing.with_words(outcome, event, self.content, language)
                parts = render(outcome, language)
            case _:
                assert_never(outcome)
        try:
            await self._show(parts, event)
        except Exception:
            self.held.failed = True
            raise

    async def close(self, event: AnyEvent) -> None:
        """Whatever happened, nothing keeps "thinking"."""
        if self.held.state in ("answered", "void"):
            return
        if not self.held.failed and self.held.interaction.type is discord.InteractionType.component:
            await self.held.drop()
            return
        language = self._language(event)
        key = "discord.not_shown" if self.held.failed else "discord.handled"
        reply = Reply((Text(say(language, key)),))
        if self.held.failed:
            reply = failing.with_words(reply, event, self.content, language)
        try:
            await self.held.show(render(reply, language))
        except (discord.HTTPException, Void):
            self.held.state = "void"

    async def _open(self, shown: ShowForm) -> bool:
        try:
            opened = await self.held.open(modal(shown))
        except Void:
            return False
        if opened and shown.notes and not notes_fit(shown):
            await self.held.show(render(Reply(shown.notes), shown.language))
        return opened

    async def _show(self, parts: list[Part], event: AnyEvent) -> None:
        try:
            await self.held.show(parts)
        except Void:
            client = self.held.interaction.client
            await direct_message(client, self.post, int(event.address), parts, event.id)

    def _language(self, event: AnyEvent) -> str:
        """The modal's, else the member's."""
        data: Any = self.held.interaction.data
        page = ids.read_page(data.get("custom_id", "")) if isinstance(event, FormSubmission) else None
        language = page.language if page else event.locale[:2]
        return language if language in self.content.texts else self.content.languages[0]


class ForDirect:
    """A typed direct message: the answer comes below it."""

    def __init__(self, message: discord.Message, content: Content, post: Post) -> None:
        self.message, self.content, self.post = message, content, post

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        if isinstance(outcome, Reply):
            parts = render(outcome, language_of(outcome, event, self.content))
            await self.post.send(self.message.channel, parts, event.id)

    async def close(self, event: AnyEvent) -> None:
        """Nothing is open."""


class ForMention:
    """A mention: answered there where all may read it; what is personal goes to a direct message."""

    def __init__(self, message: discord.Message, client: discord.Client, content: Content, post: Post) -> None:
        self.message, self.client, self.content, self.post = message, client, content, post

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        if not isinstance(outcome, Reply):
            return
        language = language_of(outcome, event, self.content)
        parts = render(outcome, language)
        if outcome.private:
            await self._aside(event, parts, language)
            return
        try:
            await self._answer(event, parts)
        except Closed:
            note = Part(say(language, "discord.channel_closed"))
            await direct_message(self.client, self.post, int(event.address), [note, *parts], event.id)

    async def close(self, event: AnyEvent) -> None:
        """Nothing is open."""

    async def _aside(self, event: AnyEvent, parts: list[Part], language: str) -> None:
        """In a direct message, and a word about it in the channel; a button there if the direct message is closed."""
        try:
            await direct_message(self.client, self.post, int(event.address), parts, event.id)
        except Closed:
            here = Press(f"w1x:{ids.HERE}", say(language, "discord.show_here"))
            await self._answer(event, [Part(say(language, "discord.direct_closed"), ((here,),))])
            return
        try:
            await self._answer(event, [Part(say(language, "discord.in_direct"))])
        except Closed:
            return  # the answer itself has arrived

    async def _answer(self, event: AnyEvent, parts: list[Part]) -> None:
        reference = discord.MessageReference.from_message(self.message, fail_if_not_exists=False)
        await self.post.send(self.message.channel, parts, event.id, reference)


def for_interaction(held: Held, content: Content, post: Post) -> Door:
    return ForInteraction(held, content, post)


def for_message(message: discord.Message, client: discord.Client, content: Content, post: Post) -> Door:
    if message.guild is None:
        return ForDirect(message, content, post)
    return ForMention(message, client, content, post)


async def direct_message(client: discord.Client, post: Post, user: int, parts: list[Part], key: str) -> None:
    """Raises Closed, also where the user is gone."""
    try:
        channel = await client.create_dm(discord.Object(user))
    except discord.HTTPException as problem:
        if problem.status in (400, 403, 404):
            raise Closed from None
        raise
    await post.send(channel, parts, key)


def slow_form(event: AnyEvent, shown: ShowForm) -> Reply:
    """A fresh button for a modal that came too late; it does again what the event did."""
    action, value = (event.action, event.value) if isinstance(event, Action) else ("resume", "")
    again = Button(action, say(shown.language, "discord.open_form"), value)
    return Reply((*shown.notes, Text(say(shown.language, "discord.form_slow"))), commands=(again,))
