"""A Discord of our own on loopback: strict REST and gateway doors, members to drive, and what they saw."""

from .acts import Interaction, Modal
from .members import Member
from .server import DiscordDouble
from .usage import CannotDo
from .world import Channel, Guild, Message

__all__ = ["CannotDo", "Channel", "DiscordDouble", "Guild", "Interaction", "Member", "Message", "Modal"]
