"""Routes of application commands: read, and replaced in bulk, for everybody or one server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from .channels import find_guild
from .command_limits import check_commands
from .refusals import Refused, invalid, missing_access, unknown
from .rest import Call, Route
from .world import JSON

if TYPE_CHECKING:
    from .server import DiscordDouble

Match = web.UrlMappingMatchInfo
DAILY = 200  # commands made a day and scope


def scope(double: DiscordDouble, match: Match) -> int | None:
    """The server whose commands are meant; None: the global ones."""
    if match["application"] != str(double.application_id):
        raise unknown(10002, "Application")
    return find_guild(double, match).id if "guild" in match else None


def defined(double: DiscordDouble, data: JSON, guild: int | None, old: JSON | None) -> JSON:
    """A command as it is kept: what was sent, and what Discord fills in."""
    told: JSON = {
        "type": 1,
        "description": "",
        "options": [],
        "default_member_permissions": None,
        "nsfw": False,
        "name_localizations": None,
        "description_localizations": None,
    }
    if guild is None:
        told |= {"integration_types": [0], "contexts": None, "dm_permission": True}
    dropped = {"contexts", "integration_types"} if guild is not None else set()  # they are for global commands
    told |= {key: value for key, value in data.items() if value is not None and key not in dropped}
    told |= {"id": old["id"] if old else str(double.clock.snowflake()), "application_id": str(double.application_id)}
    return told | {"version": str(double.clock.snowflake())} | ({"guild_id": str(guild)} if guild else {})


def found(double: DiscordDouble, where: int | None, data: JSON) -> JSON | None:
    same = (data.get("type", 1), data.get("name"))
    return next((one for one in double.commands[where] if (one["type"], one["name"]) == same), None)


async def listed(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    told = double.commands[scope(double, match)]
    if call.query.get("with_localizations") in ("1", "true"):
        return told
    return [{key: one[key] for key in one if not key.endswith("_localizations")} for one in told]


async def replace(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    where = scope(double, match)
    sent = call.body
    if not isinstance(sent, list):
        raise Refused(400, 50035, "Invalid Form Body: a list of commands is wanted")
    invalid(check_commands(sent))
    new = sum(found(double, where, one) is None for one in sent)
    double.created_today[where] += new
    if double.created_today[where] > DAILY:
        raise Refused(400, 30034, "Max number of daily application command creates has been reached (200)")
    double.commands[where] = [defined(double, one, where, found(double, where, one)) for one in sent]
    double.syncs.append((where, len(sent)))
    return double.commands[where]


async def create(double: DiscordDouble, call: Call, match: Match) -> tuple[int, JSON]:
    where, data = scope(double, match), call.data()
    old = found(double, where, data)
    others = [one for one in double.commands[where] if one is not old]
    invalid(check_commands([*others, data]))
    made = defined(double, data, where, old)
    double.commands[where] = [*others, made]
    return (200 if old else 201), made


async def remove(double: DiscordDouble, call: Call, match: Match) -> None:
    where = scope(double, match)
    left = [one for one in double.commands[where] if one["id"] != match["command"]]
    if len(left) == len(double.commands[where]):
        raise unknown(10063, "application command")
    double.commands[where] = left


async def permissions(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    if scope(double, match) is None:
        raise missing_access()
    return []


GLOBAL, GUILD = "/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands"
ROUTES = [
    *[Route("GET", path, listed) for path in (GLOBAL, GUILD)],
    *[Route("PUT", path, replace) for path in (GLOBAL, GUILD)],
    *[Route("POST", path, create) for path in (GLOBAL, GUILD)],
    *[Route("DELETE", path + "/{command}", remove) for path in (GLOBAL, GUILD)],
    Route("GET", GUILD + "/permissions", permissions),
]
