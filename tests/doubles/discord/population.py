"""The world of the double: who and what is there, and the calls by which tests put it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from .members import Member
from .world import DM, ORDINARY, PERMISSIONS, TEXT, Channel, Clock, Guild, Message, Role, User

if TYPE_CHECKING:
    from .server import DiscordDouble


class Population:
    """Users, servers, roles and channels; the bot is one of the users."""

    clock: Clock
    advised: int  # shards

    def __init__(self, application: int, clock: Clock) -> None:
        self.clock = clock
        self.users: dict[int, User] = {}
        self.bot = self.keep_user(User(application, "worker-voice", "Worker Voice", bot=True))
        self.owner = self.keep_user(User(clock.snowflake(), "owner", "Owner"))
        self.guilds: list[Guild] = []
        self.channels: dict[int, Channel] = {}
        self.private: dict[int, Channel] = {}  # user id -> direct messages with the bot
        self.members: dict[str, Member] = {}

    def keep_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def keep(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels[channel.id] = channel
        return channel

    def add_guild(
        self,
        name: str = "Local 12",
        *,
        channels: Iterable[str] = ("general",),
        roles: Mapping[str, Iterable[str]] | Iterable[str] = (),
        app_permissions: Iterable[str] = ORDINARY,
        locale: str = "en-US",
        installed: bool = True,
        shard: int | None = None,
    ) -> Guild:
        """A server. `roles`: name -> permissions (of world.PERMISSIONS); `shard`: whose id is of this shard."""
        number = self.clock.snowflake()
        while shard is not None and (number >> 22) % self.advised != shard:
            number += 1 << 22
        self.clock.last = max(self.clock.last, number)
        app = frozenset(app_permissions)
        guild = Guild(number, name, locale, installed, app, self.clock.snowflake())
        guild.roles[number] = Role(number, "@everyone")
        if installed:
            guild.roles[guild.bot_role] = Role(guild.bot_role, self.bot.display, app)
            guild.members[self.bot.id] = {guild.bot_role}
        given = roles if isinstance(roles, Mapping) else dict.fromkeys(roles, ())
        for role, permissions in given.items():
            self.add_role(guild, role, permissions)
        for channel in channels:
            self.add_channel(guild, channel)
        self.guilds.append(guild)
        return guild

    def add_role(self, guild: Guild, name: str, permissions: Iterable[str] = ()) -> Role:
        role = Role(self.clock.snowflake(), name, frozenset(permissions))
        guild.roles[role.id] = role
        return role

    def add_channel(self, guild: Guild, name: str, *, app_permissions: Iterable[str] | None = None) -> Channel:
        """A text channel; `app_permissions`: where the app's differ from those it has in the server."""
        app = None if app_permissions is None else frozenset(app_permissions)
        return self.keep(Channel(self.clock.snowflake(), TEXT, name, guild, app=app))

    def add_user(
        self,
        name: str,
        *,
        guilds: Iterable[Guild] | None = None,
        roles: Iterable[str] = (),
        locale: str = "en-US",
        display: str = "",
        dm_closed: bool = False,
        user_install: bool = False,
    ) -> Member:
        """A user who joins `guilds` (None: all), with their roles of these names; the driver of what they do."""
        number = self.clock.snowflake()
        user = User(number, name, display or name.title(), locale, dm_closed=dm_closed, user_install=user_install)
        self.keep_user(user)
        for guild in self.guilds if guilds is None else guilds:
            guild.members[user.id] = set()
        member = self.members[name] = Member(cast("DiscordDouble", self), user)
        for role in roles:
            self.give_role(member, role)
        return member

    def give_role(self, member: Member, name: str, *, take: bool = False) -> None:
        """Give a member (or take from them) the role of this name in every server that has it."""
        for guild in self.guilds:
            for role in guild.roles.values():
                if role.name == name and member.user.id in guild.members:
                    (guild.members[member.user.id].discard if take else guild.members[member.user.id].add)(role.id)

    def member(self, name: str) -> Member:
        return self.members[name]

    def channel(self, name: str, guild: Guild | None = None) -> Channel:
        """The text channel or thread of this name (in this server)."""
        found = [one for one in self.channels.values() if one.name == name and guild in (None, one.guild)]
        return found[0]

    def add_private_channel(self, *members: Member) -> Channel:
        """A conversation of users without the bot: only an app that one of them installed can answer there."""
        return self.keep(Channel(self.clock.snowflake(), DM, people={one.user.id for one in members}))

    def dm_channel(self, user: User) -> Channel:
        """The direct message channel of the bot with a user."""
        if user.id not in self.private:
            self.private[user.id] = self.keep(Channel(self.clock.snowflake(), DM, user=user))
        return self.private[user.id]

    def messages(self, channel: Channel | Member | str) -> list[Message]:
        """What everybody in a channel (its name; a member: their direct messages) sees now, oldest first."""
        if isinstance(channel, str):
            channel = self.channel(channel)
        place = self.dm_channel(channel.user) if isinstance(channel, Member) else channel
        return sorted((one for one in place.messages.values() if one.owner is None), key=lambda one: one.id)

    def app_permissions(self, channel: Channel) -> frozenset[str]:
        """What the app may do in a channel; a thread has its parent's."""
        place = channel.parent or channel
        if place.guild is None:
            return ORDINARY
        held = place.app if place.app is not None else place.guild.app
        return frozenset(PERMISSIONS) if "administrator" in held else held
