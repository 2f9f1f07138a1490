"""What a member does in Discord's client, and what they see. Acts only as the client would let them."""

from __future__ import annotations

import datetime
import secrets
from typing import TYPE_CHECKING, Any

from . import payloads, posting
from .acts import Interaction, Modal
from .usage import CannotDo, choose_command, fill_modal, given_options, least, nested
from .world import DM, JSON, PUBLIC_THREAD, Channel, Guild, Message, User, bits

if TYPE_CHECKING:
    from .server import DiscordDouble

Place = Channel | Guild | str | None


class Member:
    """The driver of one user; `interactions`: all they did that asks the bot for an answer, oldest first.

    A place is a channel, a channel's name, a server (its first channel) or None (the bot's direct message).
    What Discord's client would not offer raises CannotDo; `forged=True` sends it all the same.
    """

    def __init__(self, double: DiscordDouble, user: User) -> None:
        self.double, self.user = double, user
        self.interactions: list[Interaction] = []

    @property
    def id(self) -> int:
        return self.user.id

    # what they see

    @property
    def dms(self) -> list[Message]:
        """Their direct messages with the bot, both sides."""
        return self.double.messages(self)

    @property
    def inbox(self) -> list[Message]:
        """What the bot wrote to them in direct messages."""
        return [one for one in self.dms if one.author is self.double.bot]

    @property
    def ephemerals(self) -> list[Message]:
        """The ephemeral messages on their screen, "thinking..." among them."""
        found = [one for place in self.double.channels.values() for one in place.messages.values()]
        return sorted((one for one in found if one.owner is self.user), key=lambda one: one.id)

    @property
    def modal(self) -> Modal | None:
        """The modal on their screen."""
        return self.double.open_modals.get(self.user.id)

    def can_see(self, message: Message) -> bool:
        if message.deleted or message.owner not in (None, self.user):
            return False
        place = message.channel
        if place.type == DM:
            return place.user is self.user or self.user.id in place.people
        return self.in_guild(place.guild)

    def in_guild(self, guild: Guild | None) -> bool:
        return guild is not None and self.user.id in guild.members

    # what they write

    async def dm(self, text: str, **more: Any) -> Message:
        """Write to the bot in direct messages; see `write`."""
        return await self.write(self.double.dm_channel(self.user), text, **more)

    async def mention(self, channel: Channel | str, text: str, **more: Any) -> Message:
        """Write in a channel with the bot mentioned before the text."""
        return await self.write(self.place(channel), f"<@{self.double.bot.id}> {text}", **more)

    async def write(
        self,
        channel: Channel | str,
        text: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        files: dict[str, bytes] | None = None,
        at: datetime.datetime | None = None,
    ) -> Message:
        """Write a message (in answer to one, `ping` its author); `at`: dated back, as if nobody had heard it."""
        place = self.place(channel)
        message = Message(self.double.clock.snowflake(at), place, self.user, text, reference=reply_to)
        if f"<@{self.double.bot.id}>" in text or (reply_to and ping and reply_to.author is self.double.bot):
            message.mentions.append(self.double.bot)
        for name, content in (files or {}).items():
            number = str(self.double.clock.snowflake())
            url = f"{self.double.base}/attachments/{number}/{name}"
            told = {"id": number, "filename": name, "size": len(content), "url": url, "proxy_url": url}
            message.attachments.append(told)
            message.files[name] = content
        place.messages[message.id] = message
        if at is None:
            await self.double.ws.tell("MESSAGE_CREATE", message)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Change one of their own messages."""
        self.own(message)
        message.content, message.edited_at = text, self.double.clock.now()
        await self.double.ws.tell("MESSAGE_UPDATE", message)

    async def delete(self, message: Message) -> None:
        """Delete one of their own messages."""
        self.own(message)
        await posting.delete(self.double, message)

    async def start_thread(self, message: Message, name: str = "thread") -> Channel:
        """Open a thread on a message of a server's channel."""
        made = Channel(message.id, PUBLIC_THREAD, name, message.channel.guild, parent=message.channel)
        thread = self.double.keep(made)
        await self.double.ws.dispatch("THREAD_CREATE", payloads.channel(thread), thread.guild)
        return thread

    def own(self, message: Message) -> None:
        if message.author is not self.user:
            raise CannotDo("this message is somebody else's")

    # what they press

    async def slash(
        self,
        command: str,
        place: Place = None,
        *,
        guild: Guild | None = None,
        locale: str = "",
        forged: bool = False,
        **options: Any,
    ) -> Interaction:
        """Use a slash command, "union ask"; options by name. Raises CannotDo if it is not offered there."""
        channel = self.place(place if place is not None else guild)
        found, path = choose_command(self.double, self, command, 1, channel, forged=forged)
        data = self.command_data(found, channel, nested(path, given_options(path, options, forged=forged)))
        return await self.interact(2, channel, data, locale=locale, installed=found)

    async def autocomplete(
        self,
        command: str,
        option: str,
        text: str,
        place: Place = None,
        *,
        guild: Guild | None = None,
        locale: str = "",
        **options: Any,
    ) -> list[JSON]:
        """Type into an option with autocomplete: the choices shown, [{"name", "value"}]; TimeoutError if none came."""
        channel = self.place(place if place is not None else guild)
        found, path = choose_command(self.double, self, command, 1, channel)
        typed = given_options(path, {**options, option: text}, typing=option)
        data = self.command_data(found, channel, nested(path, typed))
        told = await self.interact(4, channel, data, locale=locale, installed=found)
        await told.answered(timeout=3.2)
        return told.choices or []

    async def context_menu(self, name: str, message: Message, *, locale: str = "", forged: bool = False) -> Interaction:
        """Use a command of a message's menu."""
        if not self.can_see(message):
            raise CannotDo("they do not see this message")
        found, _ = choose_command(self.double, self, name, 3, message.channel, forged=forged)
        data = self.command_data(found, message.channel, [])
        shown = payloads.message(message)
        data |= {"target_id": str(message.id), "resolved": {"messages": {str(message.id): shown}}}
        return await self.interact(2, message.channel, data, locale=locale, installed=found)

    async def press(self, message: Message, custom_id: str, *, locale: str = "", forged: bool = False) -> Interaction:
        """Press a button, named by its custom id or its label."""
        part = self.part(message, {2}, message.buttons.get(custom_id, custom_id), forged)
        data = {"custom_id": part["custom_id"], "component_type": 2, "id": part.get("id", 1)}
        return await self.interact(3, message.channel, data, message=message, locale=locale)

    async def select(
        self, message: Message, custom_id: str, values: str | list[str], *, locale: str = "", forged: bool = False
    ) -> Interaction:
        """Choose in a select menu, by values."""
        chosen = [values] if isinstance(values, str) else list(values)
        part = self.part(message, {3, 5, 6, 7, 8}, custom_id, forged)
        offered = [one["value"] for one in part.get("options", [])]
        low, high = least(part), part.get("max_values") or 1
        if not forged and (not low <= len(chosen) <= high or not set(chosen) <= set(offered)):
            raise CannotDo(f"{chosen} is not a choice of {low} to {high} among {offered}")
        data = {"custom_id": custom_id, "component_type": part["type"], "values": chosen, "id": part.get("id", 1)}
        return await self.interact(3, message.channel, data, message=message, locale=locale)

    async def submit(
        self, modal: Modal | None = None, values: dict[str, Any] | None = None, **more: Any
    ) -> Interaction:
        """Send a modal (None: the open one) with values by custom id: text, a code, a list of codes, True.

        Inputs not named keep what the bot prefilled. `locale` and `forged` as elsewhere. The modal leaves the
        screen when the bot has answered.
        """
        modal = modal or self.modal
        forged = bool(more.get("forged"))
        if modal is None or (modal is not self.modal and not forged):
            raise CannotDo("this modal is not on the screen")
        data = {"custom_id": modal.custom_id, "components": fill_modal(modal, values or {}, forged=forged)}
        source = modal.interaction
        return await self.interact(
            5, source.channel, data, message=source.message, source=source, locale=str(more.get("locale", ""))
        )

    def dismiss(self) -> None:
        """Close the modal without sending it; nobody is told."""
        self.double.open_modals.pop(self.user.id, None)

    # how it is done

    def place(self, wanted: Place) -> Channel:
        if isinstance(wanted, Channel):
            return wanted
        if isinstance(wanted, Guild):
            return next(iter(wanted.channels.values()))
        return self.double.dm_channel(self.user) if wanted is None else self.double.channel(wanted)

    def part(self, message: Message, types: set[int], custom_id: str, forged: bool) -> JSON:
        """The component of a message that can be used now."""
        if forged:
            return {"custom_id": custom_id, "type": min(types)}
        if not self.can_see(message):
            raise CannotDo("they do not see this message")
        for part in message.parts:
            if part["type"] in types and part.get("custom_id") == custom_id and not part.get("disabled"):
                return part
        raise CannotDo(f"the message has no {custom_id!r} to use; there are {message.buttons} {list(message.selects)}")

    def command_data(self, command: JSON, channel: Channel, options: list[JSON]) -> JSON:
        data: JSON = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
        if command.get("guild_id"):
            data["guild_id"] = command["guild_id"]
        return data

    async def interact(
        self,
        kind: int,
        channel: Channel,
        data: JSON,
        *,
        message: Message | None = None,
        source: Interaction | None = None,
        installed: JSON | None = None,
        locale: str = "",
    ) -> Interaction:
        """Make the interaction and dispatch it to the bot's shard; nobody repeats it if no shard is connected."""
        told = Interaction(
            self.double.clock.snowflake(),
            secrets.token_urlsafe(48),
            kind,
            self.user,
            channel,
            data,
            self.double.clock.now(),
            self.double.clock,
            locale or self.user.locale,
            channel.guild,
            message,
            source=source,
        )
        chain = message.interaction if message is not None and message.interaction is not None else source
        told.user_installed = self.user.user_install if chain is None else chain.user_installed
        if installed is not None:
            told.user_installed = self.user.user_install and 1 in installed.get("integration_types", [0])
        self.interactions.append(told)
        self.double.interactions[told.token] = told
        permissions = bits(self.double.app_permissions(channel))
        sent = payloads.interaction(told, self.double.application_id, permissions)
        where = channel.guild if channel.guild is not None else None
        await self.double.ws.dispatch("INTERACTION_CREATE", sent, where)
        return told
