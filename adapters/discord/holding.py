"""One interaction from its arrival to its answer: a first response within Discord's three seconds, one answer.

open -> answered                     committed in time
open -> deferred -> answered         at 2 s; the placeholder becomes the answer
open | deferred -> void              Discord takes no answer any more: a direct message must do
"""

import asyncio
import time
from typing import Any, Literal

import discord
from discord import ui

from adapters.discord.posting import Post
from adapters.discord.render import Part
from adapters.discord.views import NOBODY, file, options, view

DEFER_SECONDS, FORM_SECONDS = 2.0, 1.5  # from the arrival
ALREADY = 40060  # the answer to a repeated callback that was delivered the first time
BAD_TOKEN = 50027

State = Literal["open", "deferred", "answered", "void"]


class Void(Exception):
    """The interaction takes no answer any more."""


class Held:
    """`ephemeral`: its answer is seen by the member alone and leaves no history."""

    def __init__(self, interaction: discord.Interaction[Any], post: Post) -> None:
        self.interaction, self.post = interaction, post
        self.arrived = time.monotonic()
        self.ephemeral = is_ephemeral(interaction)
        self.state: State = "open"
        self.failed = False  # an answer could not be shown
        self.lock = asyncio.Lock()

    @property
    def late(self) -> bool:
        """Too late to open a modal."""
        return self.state != "open" or time.monotonic() - self.arrived > FORM_SECONDS

    async def defer_in_time(self) -> None:
        """Tell Discord that the answer comes. Says nothing about the member's words: they may not be stored yet."""
        await asyncio.sleep(max(0.0, self.arrived + DEFER_SECONDS - time.monotonic()))
        async with self.lock:
            if self.state != "open":
                return
            try:
                await self.interaction.response.defer(ephemeral=self.ephemeral, thinking=True)
            except discord.HTTPException as problem:
                self.state = "deferred" if problem.code == ALREADY else "void"
            except OSError:
                self.state = "void"
            else:
                self.state = "deferred"

    async def show(self, parts: list[Part]) -> None:
        """Answer with these. Raises Void."""
        async with self.lock:
            if self.state == "void":
                raise Void
            first, *rest = parts
            try:
                await self._first(first, alone=self.ephemeral or any(part.secret for part in parts))
                self.state = "answered"
                for number, part in enumerate(rest, 1):
                    await self._next(part, number)
            except discord.HTTPException as problem:
                if not is_gone(problem):
                    raise
                self.state = "void"
                raise Void from None

    async def open(self, modal: ui.Modal) -> bool:
        """Show the modal, if it is not too late for it. Raises Void."""
        async with self.lock:
            if self.late:
                return False
            try:
                await self.interaction.response.send_modal(modal)
            except discord.HTTPException as problem:
                if is_gone(problem):
                    self.state = "void"
                    raise Void from None
                if problem.code != ALREADY:
                    raise
            self.state = "answered"
            return True

    async def drop(self) -> None:
        """Nothing is to be said: take the placeholder away, or let a button come back up."""
        async with self.lock:
            try:
                if self.state == "deferred":
                    await self.interaction.delete_original_response()
                elif self.state == "open" and self.interaction.type is discord.InteractionType.component:
                    await self.interaction.response.defer()
            except discord.HTTPException:
                self.state = "void"
            else:
                self.state = "answered"

    async def _first(self, part: Part, *, alone: bool) -> None:
        if self.state == "answered":
            await self._next(part, 0)
            return
        if self.state == "deferred":
            await self.interaction.edit_original_response(
                content=part.content,
                view=view(part),
                attachments=[one for one in (file(part),) if one],
                allowed_mentions=NOBODY,
            )
            return
        self.ephemeral = alone
        try:
            await self.interaction.response.send_message(part.content, ephemeral=alone, **options(part))
        except discord.HTTPException as problem:
            if problem.code != ALREADY:
                raise

    async def _next(self, part: Part, number: int) -> None:
        """After a 502 that hid a success a follow-up is seen twice: it takes no nonce, and cannot be looked for."""
        channel = self.interaction.channel
        if not self.ephemeral and isinstance(channel, discord.DMChannel):
            await self.post.send(channel, [part], f"{self.interaction.id} {number}")
            return
        await self.interaction.followup.send(part.content, ephemeral=self.ephemeral, wait=True, **options(part))


def is_gone(problem: discord.HTTPException) -> bool:
    """Unknown interaction, webhook or placeholder, or a token that has ended."""
    return problem.status == 404 or problem.code == BAD_TOKEN


def is_ephemeral(interaction: discord.Interaction[Any]) -> bool:
    """Everywhere but in the direct messages of member and bot; there too for modals, and below such messages."""
    if interaction.guild_id is not None or interaction.context.private_channel:
        return True
    if interaction.type is discord.InteractionType.modal_submit:
        return True
    return interaction.message is not None and interaction.message.flags.ephemeral
