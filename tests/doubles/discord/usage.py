"""What Discord's client lets a member do with commands and modals, and the data that it then sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .acts import Modal
from .world import JSON, PERMISSIONS, Channel

if TYPE_CHECKING:
    from .members import Member
    from .server import DiscordDouble

KINDS: dict[type, int] = {str: 3, int: 4, bool: 5, float: 10}


class CannotDo(AssertionError):
    """Discord's client would not offer this to the member."""


def choose_command(
    double: DiscordDouble, member: Member, name: str, kind: int, channel: Channel, *, forged: bool = False
) -> tuple[JSON, list[JSON]]:
    """The registered command of this name that is offered in a channel, and the path to its subcommand."""
    words = name.split(" ") if kind == 1 else [name]
    guild = channel.guild
    scopes = ([double.commands[guild.id]] if guild is not None and guild.installed else []) + [double.commands[None]]
    known = [one for scope in scopes for one in scope if one["type"] == kind and one["name"] == words[0]]
    if not known:
        told = sorted(one["name"] for scope in scopes for one in scope)
        raise CannotDo(f"no command {name!r} is registered here; there are {told}")
    offered = [one for one in known if forged or is_offered(one, member, channel)]
    if not offered:
        raise CannotDo(f"{name!r} is not offered to {member.user.name} here")
    path = [offered[0]]
    for word in words[1:]:
        below = [one for one in path[-1].get("options", []) if one["name"] == word and one["type"] in (1, 2)]
        if not below:
            raise CannotDo(f"{name!r}: there is no {word!r}")
        path.append(below[0])
    if any(one["type"] in (1, 2) for one in path[-1].get("options", [])):
        raise CannotDo(f"{name!r} is a group: a subcommand has to be chosen")
    return offered[0], path


def is_offered(command: JSON, member: Member, channel: Channel) -> bool:
    """Whether contexts, installation and default permissions let the member see a command in a channel."""
    from .payloads import context, permissions_of

    guild = channel.guild
    contexts = command.get("contexts")
    if "guild_id" not in command:
        if contexts is not None and context(channel) not in contexts:
            return False
        kinds = command.get("integration_types", [0])
        by_guild = 0 in kinds and (guild.installed if guild is not None else channel.user is not None)
        if not by_guild and not (1 in kinds and member.user.user_install):
            return False
        if guild is None and contexts is None and command.get("dm_permission") is False:
            return False
    if guild is None:
        return channel.user is member.user or member.user.id in channel.people
    if not member.in_guild(guild):
        return False
    needed = command.get("default_member_permissions")
    held = permissions_of(member.user, guild)
    if needed is None or held & PERMISSIONS["administrator"]:
        return True
    return int(needed) != 0 and held & int(needed) == int(needed)


def given_options(path: list[JSON], given: dict[str, Any], *, typing: str = "", forged: bool = False) -> list[JSON]:
    """The options as sent; raises CannotDo for what the client would not send."""
    known = {one["name"]: one for one in path[-1].get("options", [])}
    told = []
    for name, value in given.items():
        if name not in known and not forged:
            raise CannotDo(f"no option {name!r}; there are {list(known)}")
        option = known.get(name, {"type": KINDS[type(value)]})
        if name == typing and not option.get("autocomplete"):
            raise CannotDo(f"{name!r} has no autocomplete")
        if not forged and name != typing:
            check_option(name, option, value)
        told.append(
            {"name": name, "type": option["type"], "value": value, **({"focused": True} if name == typing else {})}
        )
    missing = [name for name, one in known.items() if one.get("required") and name not in given]
    if missing and not typing and not forged:
        raise CannotDo(f"{missing} must be given")
    return told


def check_option(name: str, option: JSON, value: Any) -> None:
    if option["type"] in (3, 4, 5, 10) and KINDS.get(type(value)) != option["type"]:
        raise CannotDo(f"{name!r} does not take {value!r}")
    if option.get("choices") and value not in [one["value"] for one in option["choices"]]:
        raise CannotDo(f"{name!r}: {value!r} is not among the choices")
    if isinstance(value, str) and not option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000):
        raise CannotDo(f"{name!r} has a length that the client refuses")


def nested(path: list[JSON], options: list[JSON]) -> list[JSON]:
    """Options below the subcommand they belong to."""
    for step in reversed(path[1:]):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    return options


def fill_modal(modal: Modal, values: dict[str, Any], *, forged: bool = False) -> list[JSON]:
    """The components of a modal as its submission sends them."""
    unknown = set(values) - set(modal.fields)
    if unknown:
        raise CannotDo(f"the modal has no {sorted(unknown)}; there are {sorted(modal.fields)}")
    told = []
    for top in modal.data["components"]:
        if top["type"] == 10:
            told.append({"type": 10, "id": top["id"]})
            continue
        inner = top.get("component") or top["components"][0]
        filled = filled_input(inner, values, forged)
        below = {"component": filled} if top["type"] == 18 else {"components": [filled]}
        told.append({"type": top["type"], "id": top["id"], **below})
    return told


def filled_input(part: JSON, values: dict[str, Any], forged: bool) -> JSON:
    told: JSON = {"type": part["type"], "id": part["id"], "custom_id": part["custom_id"]}
    marked = [one["value"] for one in part.get("options", []) if one.get("default")]
    name = part["custom_id"]
    if part["type"] == 4:
        text = str(values.get(name, part.get("value") or ""))
        if not forged:
            check_text(part, text)
        return told | {"value": text}
    if part["type"] == 23:
        return told | {"value": bool(values.get(name, part.get("default", False)))}
    if part["type"] == 21:
        chosen = values.get(name, marked[0] if marked else None)
        check_chosen(part, [] if chosen is None else [chosen], forged, 1, 1)
        return told | {"value": chosen}
    chosen = values.get(name, marked)
    chosen = [chosen] if isinstance(chosen, str) else list(chosen)
    many = len(part.get("options", [])) if part["type"] == 22 else 1
    check_chosen(part, chosen, forged, least(part), part.get("max_values") or many)
    return told | {"values": chosen}


def least(part: JSON) -> int:
    return 1 if part.get("min_values") is None else int(part["min_values"])


def check_text(part: JSON, text: str) -> None:
    if not text and part.get("required", True):
        raise CannotDo(f"{part['custom_id']!r} must be filled in")
    if text and not (part.get("min_length") or 0) <= len(text) <= (part.get("max_length") or 4000):
        raise CannotDo(f"{part['custom_id']!r} has a length that the client refuses")


def check_chosen(part: JSON, chosen: list[str], forged: bool, low: int, high: int) -> None:
    if forged or (not chosen and not part.get("required", True)):
        return
    offered = [one["value"] for one in part.get("options", [])]
    if not low <= len(chosen) <= high or (offered and not set(chosen) <= set(offered)):
        raise CannotDo(f"{part['custom_id']!r}: {chosen} is not a choice of {low} to {high} among {offered}")
