"""Answers to interactions: the first response and its rules, the follow-ups and edits by token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import payloads, posting
from .acts import DEADLINE, LIFETIME, Interaction, Modal
from .choices import check_choices
from .limits import check_message
from .modals import check_modal
from .refusals import Problem, Refused, invalid, unknown
from .rest import Call, Route
from .world import EPHEMERAL, JSON, LOADING, Message

if TYPE_CHECKING:
    from .server import DiscordDouble

Match = web.UrlMappingMatchInfo
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
LEGAL = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    SUBMIT: {MESSAGE, DEFER},
}


def legal(interaction: Interaction) -> set[int]:
    """The callback types this interaction can be answered with; a modal from a button can change its message."""
    more = {DEFER_UPDATE, UPDATE} if interaction.type == SUBMIT and interaction.message is not None else set()
    return LEGAL[interaction.type] | more


async def respond(double: DiscordDouble, call: Call, match: Match) -> Any:
    one = double.interactions.get(match["token"])
    if one is None or str(one.id) != match["interaction"]:
        raise unknown(10062, "interaction")
    if one.callback:
        raise Refused(400, 40060, "Interaction has already been acknowledged.", fair=one.lost_answers > 0)
    if one.age > DEADLINE:
        raise unknown(10062, "interaction")
    sent = call.data()
    kind, data = int(sent.get("type") or 0), sent.get("data") or {}
    if kind not in legal(one):
        says = f"type {kind} is no answer to an interaction of type {one.type}"
        invalid([Problem("type", "INTERACTION_APPLICATION_COMMAND_INVALID_CALLBACK", says)])
    await ANSWERS[kind](double, one, data, call)
    one.callback = kind
    one.responded_at = double.clock.now()
    one.lost_answers += call.losing
    if one.type == SUBMIT and one.source is not None:
        double.close_modal(one)
    if one.state == "answered":
        one.settled.set()
    return payloads.callback(one) if call.query.get("with_response") in ("1", "true") else None


async def show(double: DiscordDouble, one: Interaction, data: JSON, call: Call) -> None:
    ephemeral = int(data.get("flags") or 0) & EPHEMERAL
    double.drop_embeds(one.channel, data, bool(ephemeral))
    owner = one.user if ephemeral else None
    one.original = await posting.post(double, one.channel, data, call, where="data", interaction=one, owner=owner)
    one.shown.append(one.original)


async def think(double: DiscordDouble, one: Interaction, data: JSON, call: Call) -> None:
    owner = one.user if int(data.get("flags") or 0) & EPHEMERAL else None
    flags = LOADING | (EPHEMERAL if owner else 0)
    message = Message(double.clock.snowflake(), one.channel, double.bot, flags=flags, interaction=one, owner=owner)
    one.channel.messages[message.id] = one.original = message
    one.shown.append(message)


async def leave(double: DiscordDouble, one: Interaction, data: JSON, call: Call) -> None:
    one.original = one.message


async def update(double: DiscordDouble, one: Interaction, data: JSON, call: Call) -> None:
    assert one.message is not None
    await posting.edit(double, one.message, data, call, where="data")
    one.original = one.message


async def choose(double: DiscordDouble, one: Interaction, data: JSON, call: Call) -> None:
    invalid(check_choices(data))
    one.choices = list(data["choices"])


async def open_modal(double: DiscordDouble, one: Interaction, data: JSON, call: Call) -> None:
    invalid(check_modal(data))
    one.modal = Modal({**data, "components": posting.numbered(data["components"])}, one)
    double.open_modals[one.user.id] = one.modal


ANSWERS = {MESSAGE: show, DEFER: think, DEFER_UPDATE: leave, UPDATE: update, CHOICES: choose, MODAL: open_modal}


def find(double: DiscordDouble, match: Match) -> Interaction:
    """The interaction of a follow-up's token, once it has been answered and within 15 minutes."""
    one = double.interactions.get(match["token"])
    if one is None or match["application"] != str(double.application_id):
        raise Refused(401, 50027, "Invalid Webhook Token")
    if one.age > LIFETIME:
        raise Refused(401, 50027, "Invalid Webhook Token", fair=True)
    if one.callback == 0 or one.type == AUTOCOMPLETE:
        raise unknown(10015, "Webhook")
    return one


def find_message(one: Interaction, match: Match) -> Message:
    if match["message"] == "@original":
        found = one.original
    else:
        known = [*one.shown, *([one.message] if one.message else [])]
        found = next((each for each in known if str(each.id) == match["message"]), None)
    if found is None or found.deleted:
        raise unknown(10008, "Message", fair=found is not None)
    return found


async def follow_up(double: DiscordDouble, call: Call, match: Match) -> JSON:
    one, data = find(double, match), call.data()
    if one.callback == DEFER and one.original is not None and one.original.thinking and not one.original.deleted:
        invalid(check_message(data, files=len(call.files)))
        await posting.edit(double, one.original, {**data, "flags": int(data.get("flags") or 0) & ~EPHEMERAL}, call)
        return payloads.message(one.original)
    if one.user_installed and (one.guild is None or not one.guild.installed):
        one.followups += 1
        if one.followups > 5:
            raise Refused(400, 40094, "Maximum number of follow-up messages reached")
    ephemeral = bool(int(data.get("flags") or 0) & EPHEMERAL)
    double.drop_embeds(one.channel, data, ephemeral)
    owner = one.user if ephemeral else None
    message = await posting.post(double, one.channel, data, call, interaction=one, owner=owner)
    one.shown.append(message)
    return payloads.message(message)


async def read(double: DiscordDouble, call: Call, match: Match) -> JSON:
    return payloads.message(find_message(find(double, match), match))


async def change(double: DiscordDouble, call: Call, match: Match) -> JSON:
    message = find_message(find(double, match), match)
    await posting.edit(double, message, call.data(), call)
    return payloads.message(message)


async def remove(double: DiscordDouble, call: Call, match: Match) -> None:
    await posting.delete(double, find_message(find(double, match), match))


ROUTES = [
    Route("POST", "/interactions/{interaction}/{token}/callback", respond, public=True),
    Route("POST", "/webhooks/{application}/{token}", follow_up, public=True),
    Route("GET", "/webhooks/{application}/{token}/messages/{message}", read, public=True),
    Route("PATCH", "/webhooks/{application}/{token}/messages/{message}", change, public=True),
    Route("DELETE", "/webhooks/{application}/{token}/messages/{message}", remove, public=True),
]
