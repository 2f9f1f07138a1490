"""What members do, from discord.py's objects to the core and back: each act in its turn, each answered in time."""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import discord

from adapters.discord import ids, parse
from adapters.discord.catching_up import CatchingUp
from adapters.discord.commands import may_be_used
from adapters.discord.delivering import Door, for_interaction, for_message
from adapters.discord.holding import Held
from adapters.discord.posting import Post
from adapters.discord.pressing import erase, owner, question_before
from adapters.discord.render import render
from adapters.discord.roles import Roles
from adapters.discord.texts import say
from adapters.health import Metrics
from bot.content import Content
from bot.events import AnyEvent, Role
from bot.replies import Reply, Text

LAST_SECONDS = 10.0  # what is under way gets to finish when a client ends
Respond = Callable[[AnyEvent], Awaitable[None]]


class Hearing:
    """Takes messages and interactions; nothing of a member stays once they are answered.

    `doors`: by the id of the event that is being answered. `catching_up`: set for each client.
    """

    def __init__(self, content: Content, roles: Roles, post: Post, metrics: Metrics) -> None:
        self.content, self.roles, self.post, self.metrics = content, roles, post, metrics
        self.doors: dict[str, Door] = {}
        self.turns: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()
        self.under_way: set[asyncio.Task[None]] = set()
        self.catching_up: CatchingUp | None = None
        self.respond: Respond | None = None

    async def take(self, interaction: discord.Interaction[Any], make: Callable[[parse.Shared], AnyEvent]) -> None:
        """Answer a command or press in time, whatever happens meanwhile."""
        if not may_be_used(interaction):
            await self.tell(interaction, "discord.not_here")
            return
        held = Held(interaction, self.post)
        await self._run(self._answer(held, make))

    async def _answer(self, held: Held, make: Callable[[parse.Shared], AnyEvent]) -> None:
        interaction, user = held.interaction, held.interaction.user.id
        door = for_interaction(held, self.content, self.post)
        timer = asyncio.create_task(held.defer_in_time())
        try:
            async with self.turn(user):
                event = make(parse.shared(interaction, Role.MEMBER, ephemeral=held.ephemeral))
                role = await self._role(interaction, event)
                if role is not Role.MEMBER:
                    event = make(parse.shared(interaction, role, ephemeral=held.ephemeral))
                await self._handle(event, door)
            await door.close(event)
        finally:
            timer.cancel()

    async def _role(self, interaction: discord.Interaction[Any], event: AnyEvent) -> Role:
        if interaction.guild_id is not None:
            return self.roles.in_server(interaction.user)
        words = getattr(event, "text", "") or getattr(event, "action", "")
        return await self.roles.in_direct(interaction.client, interaction.user.id, words)

    async def interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A button, a menu or a modal, of this process or of one long gone."""
        data: Any = interaction.data
        page = ids.read_page(data["custom_id"])
        if interaction.type is discord.InteractionType.modal_submit:
            if page is None:
                await self.tell(interaction, "discord.old_button")
            else:
                await self.take(interaction, lambda told: parse.submitted(told, page, data))
            return
        press = ids.read_press(data["custom_id"], data.get("values", []))
        if owner(interaction) not in (None, interaction.user.id):
            await self.tell(interaction, "discord.not_yours")
            return
        match press:
            case ids.Pressed(action, value):
                await self.take(interaction, lambda told: parse.pressed(told, action, value))
            case ids.OnMessage(ids.WRITTEN):
                await erase(interaction, say(str(interaction.locale), "discord.erased"))
            case ids.OnMessage():
                words = await question_before(interaction)
                await self.take(interaction, lambda told: parse.typed(told, words))
            case None:
                await self.tell(interaction, "discord.old_button")

    async def message(self, client: discord.Client, message: discord.Message) -> None:
        assert client.user is not None
        if not parse.is_for_us(message, client.user.id):
            return
        if message.guild is None:
            self.post.forget(message.channel.id)
        await self._run(self._heard(client, message))

    async def _heard(self, client: discord.Client, message: discord.Message) -> None:
        async with self.turn(message.author.id):
            await self.handle_message(client, message)

    async def handle_message(self, client: discord.Client, message: discord.Message) -> None:
        """Answer one message; its member's turn has come."""
        assert client.user is not None
        role = Role.MEMBER
        if message.guild is None:
            role = await self.roles.in_direct(client, message.author.id, message.content)
        event = parse.of_message(message, client.user.id, role)
        await self._handle(event, for_message(message, client, self.content, self.post))

    async def _handle(self, event: AnyEvent, door: Door) -> None:
        assert self.respond is not None
        self.doors[event.id] = door
        self.metrics.events.labels(type(event).__name__.lower()).inc()
        try:
            with self.metrics.answered.time():
                await self.respond(event)
        finally:
            self.doors.pop(event.id, None)

    async def tell(self, interaction: discord.Interaction[Any], key: str) -> None:
        """One sentence of the adapter's own."""
        held = Held(interaction, self.post)
        held.ephemeral = True
        language = str(interaction.locale)[:2]
        with contextlib.suppress(discord.HTTPException):
            await held.show(render(Reply((Text(say(language, key)),)), language))

    async def changed(self, interaction: discord.Interaction[Any]) -> None:
        """A command that this version does not have."""
        await self.tell(interaction, "discord.changed")

    @contextlib.asynccontextmanager
    async def turn(self, user: int) -> AsyncIterator[None]:
        """A member's acts in order, after those that were missed."""
        lock = self.turns.setdefault(user, asyncio.Lock())
        async with lock:
            if self.catching_up is not None:
                await self.catching_up.with_member(user)
            yield

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Where a shutdown waits for it."""
        await self.begin(work)

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return task

    async def finish(self) -> None:
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=LAST_SECONDS)
