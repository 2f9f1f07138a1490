"""The shapes of what Slack sends: events, commands, interactions."""

import secrets
import time
from typing import Any

from tests.doubles.slack.chat import shape
from tests.doubles.slack.records import Channel, Json, Message, ResponseUrl, User, View
from tests.doubles.slack.views import view_shape
from tests.doubles.slack.world import World


def event_callback(world: World, event: Json, team: str = "") -> Json:
    """An Events API payload with an event id of its own; team: that of the user, where it is another."""
    return {
        "token": "verification",
        "team_id": world.team_id,
        "context_team_id": world.team_id,
        "context_enterprise_id": None,
        "api_app_id": world.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{world.number():08d}",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team_id,
                "user_id": world.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(team and team != world.team_id),
        "event_context": f"4-{secrets.token_hex(8)}",
    }


def message_event(world: World, user: User, message: Message, kind: str) -> Json:
    """A message or app_mention event."""
    event: Json = {
        "type": kind,
        "user": user.id,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": message.channel,
        "team": user.team,
        "client_msg_id": secrets.token_hex(16),
    }
    if kind == "message":
        event["channel_type"] = world.channels[message.channel].kind
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    if user.team != world.team_id:
        event |= {"user_team": user.team, "source_team": user.team}
    return event


def response_url(world: World, user: User, channel: str, message: Message | None = None) -> str:
    """A new address to answer a member's command or press."""
    key = secrets.token_hex(12)
    world.response_urls[key] = ResponseUrl(user.id, channel, time.monotonic(), message)
    return f"{world.origin}/response/{key}"


def command(world: World, user: User, name: str, text: str, channel: Channel) -> Json:
    """A slash command, as its form's fields."""
    return {
        "token": "verification",
        "team_id": user.team,
        "team_domain": world.team_domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(world, user, channel.id),
        "trigger_id": world.new_trigger(user.id),
    }


def interaction(world: World, user: User, kind: str, in_modal: bool = False, **more: Any) -> Json:
    """What every interaction has in common."""
    payload = {
        "type": kind,
        "team": {"id": world.team_id, "domain": world.team_domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": world.app_id,
        "token": "verification",
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }
    return payload if kind == "view_closed" else payload | {"trigger_id": world.new_trigger(user.id, in_modal)}


def block_actions(world: World, user: User, where: Message | View, action: Json) -> Json:
    """A press or a choice in a message, an ephemeral message, a modal or the Home tab."""
    actions = [{**action, "action_ts": world.ts()}]
    if isinstance(where, View):
        in_modal = where.payload["type"] == "modal"
        shown = view_shape(world, where)
        container = {"type": "view", "view_id": where.id}
        return interaction(world, user, "block_actions", in_modal, view=shown, container=container, actions=actions)
    channel = world.channels[where.channel]
    payload = interaction(
        world,
        user,
        "block_actions",
        actions=actions,
        channel={"id": channel.id, "name": channel.name},
        state={"values": where.state},
        response_url=response_url(world, user, channel.id, where),
        container={
            "type": "message",
            "message_ts": where.ts,
            "channel_id": where.channel,
            "is_ephemeral": bool(where.ephemeral_to),
            **({"thread_ts": where.thread_ts} if where.thread_ts else {}),
        },
    )
    return payload if where.ephemeral_to else payload | {"message": shape(world, where)}
