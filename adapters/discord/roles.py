"""Who is union staff: whoever has one of the roles of the setting, looked up at each call and each press."""

import aiohttp
import discord

from bot.content import Content
from bot.events import Role

TRACKED = 1000  # people who were found to be staff in this process


class Roles:
    """`ids`: the server roles that make somebody staff."""

    def __init__(self, ids: frozenset[int], content: Content) -> None:
        self.ids = ids
        words = (texts("desk.word_staff").split(",") for texts in content.texts.values())
        self.words = {word.strip().casefold() for one in words for word in one}
        self.known: dict[int, None] = {}

    def in_server(self, user: discord.User | discord.Member) -> Role:
        """By what the interaction says of the member; a server that the bot is not in has no roles."""
        staff = isinstance(user, discord.Member) and any(user.get_role(role) for role in self.ids)
        return Role.STAFF if staff else Role.MEMBER

    async def in_direct(self, client: discord.Client, user: int, words: str) -> Role:
        """In direct messages: asked of the servers, for those who use a staff command or did so before."""
        first = words.split(None, 1)[0].strip("`*_\"'.,:;!?").casefold() if words.strip() else ""
        if not self.ids or (first not in self.words and user not in self.known):
            return Role.MEMBER
        for guild in client.guilds:
            if any(guild.get_role(role) for role in self.ids) and await self._has_role(guild, user):
                self.known[user] = None
                if len(self.known) > TRACKED:
                    del self.known[next(iter(self.known))]
                return Role.STAFF
        self.known.pop(user, None)
        return Role.MEMBER

    async def _has_role(self, guild: discord.Guild, user: int) -> bool:
        try:
            member = await guild.fetch_member(user)
        except (discord.HTTPException, aiohttp.ClientError, OSError):  # a member's rights are the fewest
            return False
        return any(member.get_role(role) for role in self.ids)
