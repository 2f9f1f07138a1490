"""The union's bot in Discord: what members do becomes events, what the core says becomes messages and modals."""

import asyncio
import contextlib
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import discord
import structlog

from adapters.discord import ids, parse
from adapters.discord.catching_up import CatchingUp, KnownDm, KnownDms
from adapters.discord.client import Client, point
from adapters.discord.commands import Spanish, Suggest, Tree, build, may_be_used
from adapters.discord.delivering import Door, direct_message, for_interaction, for_message
from adapters.discord.holding import Held
from adapters.discord.posting import Closed, Post, nonce
from adapters.discord.pressing import erase, owner, question_before
from adapters.discord.quiet import quieten
from adapters.discord.render import render
from adapters.discord.roles import Roles
from adapters.discord.settings import DiscordSettings
from adapters.discord.supervising import FIRST_WAIT, supervise
from adapters.discord.syncing import sync
from adapters.discord.texts import say
from bot.content import Content
from bot.events import AnyEvent, Role
from bot.replies import Outcome, Reply, Text

log = structlog.get_logger("worker_voice")
LAST_SECONDS = 10.0  # what is under way gets to finish when the program ends
Respond = Callable[[AnyEvent], Awaitable[None]]


async def nobody() -> Sequence[KnownDm]:
    return ()


class DiscordAdapter:
    """bot.ports.Adapter for Discord, and `push` for letters from staff. Holds no member's state between two events.

    `suggest`: words and a language -> approved questions with their topics, for autocomplete. `known_dms`: members
    whose direct messages are read again at start.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        content: Content,
        suggest: Suggest,
        known_dms: KnownDms = nobody,
        *,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.settings, self.content, self.suggest, self.known_dms = settings, content, suggest, known_dms
        self.first_wait = first_wait
        self.post = Post()
        self.roles = Roles(settings.staff_roles, content)
        self.doors: dict[str, Door] = {}  # by the id of the event that is being answered
        self.turns: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()
        self.under_way: set[asyncio.Task[None]] = set()
        self.client: Client | None = None
        self.catching_up: CatchingUp | None = None
        self.respond: Respond | None = None

    @property
    def connected(self) -> bool:
        """For readiness: the gateway has told all it tells at first."""
        return self.client is not None and self.client.is_ready()

    async def connect(self) -> None:
        quieten()
        point(self.settings)

    async def listen(self, respond: Respond) -> None:
        """Until cancelled. Raises SettingsError where Discord refuses for good."""
        self.respond = respond
        try:
            await supervise(self._client, self.settings.token, first_wait=self.first_wait, ending=self._finish)
        finally:
            self.client = None

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        if outcome is None:
            return
        door = self.doors.get(event.id)
        if door is not None:
            await door.deliver(event, outcome)
        elif isinstance(outcome, Reply):
            await self.push((event.platform, event.address), outcome)

    async def push(self, to: tuple[str, ...], reply: Reply) -> bool:
        """Write to a member first; False where Discord does not let the bot. Raises what may pass by itself."""
        if self.client is None or len(to) < 2 or not to[1].isdecimal():
            return False
        parts = render(reply, self.content.languages[0])
        try:
            await direct_message(self.client, self.post, int(to[1]), parts, nonce(" ".join(to)))
        except Closed:
            return False
        return True

    # what members do

    async def take(self, interaction: discord.Interaction[Any], make: Callable[[parse.Shared], AnyEvent]) -> None:
        """Answer a command or press in time, whatever happens meanwhile."""
        if not may_be_used(interaction):
            await self._tell(interaction, "discord.not_here")
            return
        held = Held(interaction, self.post)
        await self._run(self._answer(held, make))

    async def _answer(self, held: Held, make: Callable[[parse.Shared], AnyEvent]) -> None:
        interaction, user = held.interaction, held.interaction.user.id
        door = for_interaction(held, self.content, self.post)
        timer = asyncio.create_task(held.defer_in_time())
        try:
            async with self._turn(user):
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

    async def _interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A button, a menu or a modal, of this process or of one long gone."""
        data: Any = interaction.data
        page = ids.read_page(data["custom_id"])
        if interaction.type is discord.InteractionType.modal_submit:
            if page is None:
                await self._tell(interaction, "discord.old_button")
            else:
                await self.take(interaction, lambda told: parse.submitted(told, page, data))
            return
        press = ids.read_press(data["custom_id"], data.get("values", []))
        if owner(interaction) not in (None, interaction.user.id):
            await self._tell(interaction, "discord.not_yours")
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
                await self._tell(interaction, "discord.old_button")

    async def _message(self, message: discord.Message) -> None:
        client = self.client
        if client is None or not parse.is_for_us(message, client.me):
            return
        if message.guild is None:
            self.post.forget(message.channel.id)
        await self._run(self._heard(message))

    async def _heard(self, message: discord.Message) -> None:
        async with self._turn(message.author.id):
            await self._handle_message(message)

    async def _handle_message(self, message: discord.Message) -> None:
        client = self.client
        if client is None:
            return
        role = Role.MEMBER
        if message.guild is None:
            role = await self.roles.in_direct(client, message.author.id, message.content)
        event = parse.of_message(message, client.me, role)
        await self._handle(event, for_message(message, client, self.content, self.post))

    async def _handle(self, event: AnyEvent, door: Door) -> None:
        assert self.respond is not None
        self.doors[event.id] = door
        try:
            await self.respond(event)
        finally:
            self.doors.pop(event.id, None)

    async def _tell(self, interaction: discord.Interaction[Any], key: str) -> None:
        """One sentence of the adapter's own."""
        held = Held(interaction, self.post)
        held.ephemeral = True
        language = str(interaction.locale)[:2]
        with contextlib.suppress(discord.HTTPException):
            await held.show(render(Reply((Text(say(language, key)),)), language))

    async def _changed(self, interaction: discord.Interaction[Any]) -> None:
        await self._tell(interaction, "discord.changed")

    # one after the other, and to the end

    @contextlib.asynccontextmanager
    async def _turn(self, user: int) -> Any:
        """A member's acts in order, after those that were missed."""
        lock = self.turns.setdefault(user, asyncio.Lock())
        async with lock:
            if self.catching_up is not None:
                await self.catching_up.with_member(user)
            yield

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Where a shutdown waits for it."""
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        await task

    async def _finish(self) -> None:
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=LAST_SECONDS)

    # the client

    def _client(self) -> Client:
        client = Client(self.settings, started=self._started, message=self._message, interaction=self._interaction)
        tree = Tree(client, fallback_to_global=True)
        tree.broken = self._changed
        build(tree, self, self.content, self.suggest)
        client.tree = tree
        self.client = client
        return client

    async def _started(self, client: Client) -> None:
        await client.tree.set_translator(Spanish())
        try:
            if await sync(client.tree, self.settings.data_dir, self.settings.trial_guild):
                log.info("discord_commands_registered")
        except (discord.HTTPException, OSError) as problem:
            log.error("discord_commands_not_registered", error=type(problem).__name__)
        self.catching_up = CatchingUp(client, await self.known_dms(), self._handle_message)
        task = asyncio.create_task(self._catch_up(client, self.catching_up))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _catch_up(self, client: Client, catching_up: CatchingUp) -> None:
        """Only once the gateway is there: what comes from now on is heard."""
        await client.wait_until_ready()
        for user in list(catching_up.left):
            async with self._turn(user):
                pass
