"""chat.*: messages, ephemeral ones, updates, deletions."""

import copy
import time
from typing import Any

from tests.doubles.slack.api import Refused, method
from tests.doubles.slack.blocks import check_blocks, with_ids
from tests.doubles.slack.records import Channel, Json, Message
from tests.doubles.slack.world import World

# More than this is cut or refused somewhere in Slack; an app keeps below it.
SAFE_TEXT, MOST_TEXT = 4000, 40_000
COMMON = "as_user attachments metadata mrkdwn link_names parse username icon_emoji icon_url unfurl_links unfurl_media"


def checked(world: World, where: str, text: Any, blocks: Any, markdown_text: Any = None) -> tuple[str, list[Json]]:
    """Text and blocks as Slack would store them, or Refused."""
    if markdown_text is not None:
        if text is not None or blocks is not None:
            raise Refused("markdown_text_conflict")
        if len(markdown_text) > 12_000:
            raise Refused("msg_too_long")
        text = markdown_text
    if not isinstance(text, str | None) or not isinstance(blocks, list | None):
        raise Refused("invalid_arguments", ["[ERROR] text is a string, blocks an array"])
    if not (text or "").strip() and not blocks:
        raise Refused("no_text")
    if not (text or "").strip():
        world.violate("limits", where, "no top-level text")
    if len(text or "") > (SAFE_TEXT if where == "chat.update" else MOST_TEXT):
        raise Refused("msg_too_long")
    if len(text or "") > SAFE_TEXT:
        world.violate("limits", where, f"a text of {len(text or '')} characters")
    if "\0" in (text or ""):
        world.violate("limits", where, "a NUL character in the text")
    errors = check_blocks(blocks or [], "message")
    if errors:
        raise Refused("invalid_blocks", errors)
    return text or "", with_ids(world, blocks or [])


def place(world: World, channel: Any, dm_by_user: bool = True) -> Channel:
    """The conversation of this id where the bot may post, or Refused."""
    if not isinstance(channel, str):
        raise Refused("invalid_arguments", ["[ERROR] channel is a string"])
    if dm_by_user and channel in world.users:
        user = world.users[channel]
        if user.deleted or user.is_bot:
            raise Refused("channel_not_found")
        return world.dm_of(channel)
    found = world.channels.get(channel)
    if found is None:
        raise Refused("channel_not_found")
    if found.kind == "im" and any(world.users[member].deleted for member in found.members):
        raise Refused("channel_not_found")
    if found.is_archived:
        raise Refused("is_archived")
    if world.bot_user not in found.members:
        raise Refused("not_in_channel")
    return found


def shape(world: World, message: Message) -> Json:
    """A message as payloads and answers show it."""
    shown: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": world.team_id,
    }
    if message.blocks:
        shown["blocks"] = copy.deepcopy(message.blocks)
    if message.by_bot:
        shown |= {"bot_id": world.bot_id, "app_id": world.app_id}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    return shown


def post(world: World, channel: str, text: str, blocks: list[Json], thread_ts: str = "", to: str = "") -> Message:
    """Store a message of the bot; `to` makes it ephemeral."""
    parent = world.find(channel, thread_ts) if thread_ts else None
    if thread_ts and parent is None and not to:
        raise Refused("thread_not_found")
    if parent is not None and parent.thread_ts and parent.thread_ts != parent.ts:
        world.violate("api", "chat", "thread_ts names a reply, not the message that began the thread")
    return world.store(
        Message(channel, world.ts(), world.bot_user, text, blocks, thread_ts, by_bot=True, ephemeral_to=to)
    )


@method("chat.postMessage", "chat:write", tier=100_000, ignored=f"{COMMON} reply_broadcast")
def post_message(
    world: World, channel: Any, text: Any = None, blocks: Any = None, thread_ts: str = "", markdown_text: Any = None
) -> Json:
    found = place(world, channel)
    text, filled = checked(world, "chat.postMessage", text, blocks, markdown_text)
    message = post(world, found.id, text, filled, thread_ts)
    return {"channel": found.id, "ts": message.ts, "message": shape(world, message)}


@method("chat.postEphemeral", "chat:write", tier=100, ignored=COMMON)
def post_ephemeral(
    world: World,
    channel: Any,
    user: str,
    text: Any = None,
    blocks: Any = None,
    thread_ts: str = "",
    markdown_text: Any = None,
) -> Json:
    found = place(world, channel, dm_by_user=False)
    if user not in found.members:
        raise Refused("user_not_in_channel")
    text, filled = checked(world, "chat.postEphemeral", text, blocks, markdown_text)
    return {"message_ts": post(world, found.id, text, filled, thread_ts, to=user).ts}


def _own(world: World, channel: Any, ts: str, error: str) -> Message:
    message = world.find(place(world, channel, dm_by_user=False).id, ts)
    if message is None:
        raise Refused("message_not_found")
    if not message.by_bot:
        raise Refused(error)
    return message


@method("chat.update", "chat:write", tier=50, ignored=f"{COMMON} file_ids reply_broadcast")
def update(
    world: World, channel: Any, ts: str, text: Any = None, blocks: Any = None, markdown_text: Any = None
) -> Json:
    message = _own(world, channel, ts, "cant_update_message")
    text, filled = checked(world, "chat.update", text, blocks, markdown_text)
    message.text, message.edited, message.state = text, True, {}
    message.blocks = filled
    return {"channel": message.channel, "ts": ts, "text": text, "message": shape(world, message)}


@method("chat.delete", "chat:write", tier=50, ignored="as_user")
def delete(world: World, channel: Any, ts: str) -> Json:
    _own(world, channel, ts, "cant_delete_message").deleted = True
    return {"channel": channel, "ts": ts}


@method("chat.getPermalink", "", tier=100)
def permalink(world: World, channel: str, message_ts: str) -> Json:
    if world.find(channel, message_ts) is None:
        raise Refused("message_not_found")
    where = f"archives/{channel}/p{message_ts.replace('.', '')}"
    return {"channel": channel, "permalink": f"https://{world.team_domain}.slack.com/{where}"}


def respond(world: World, key: str, body: Json) -> tuple[int, str]:
    """POST to a response_url: (status, text). Five uses, thirty minutes."""
    url = world.response_urls.get(key)
    if url is None:
        return 404, "no_such_url"
    url.uses += 1
    if url.uses > 5 or time.monotonic() - url.issued > world.response_url_ttl:
        error = "used_url" if url.uses > 5 else "expired_url"
        world.violate("limits", "response_url", error)
        return 404, error
    known = (
        "text blocks attachments response_type replace_original delete_original thread_ts mrkdwn metadata unfurl_links "
    )
    unknown = sorted(body.keys() - {*known.split(), "unfurl_media"})
    if unknown and world.strict:
        world.violate("api", "response_url", f"unknown arguments: {unknown}")
        return 400, "invalid_payload"
    if body.get("delete_original"):
        if url.message is not None:
            url.message.deleted = True
        return 200, "ok"
    try:
        text, blocks = checked(world, "response_url", body.get("text"), body.get("blocks"))
        if body.get("replace_original") and url.message is not None:
            url.message.text, url.message.blocks, url.message.edited, url.message.state = text, blocks, True, {}
        else:
            to = "" if body.get("response_type") == "in_channel" else url.user
            post(world, url.channel, text, blocks, str(body.get("thread_ts", "")), to)
    except Refused as refused:
        world.violate("blocks", "response_url", "; ".join([refused.error, *refused.messages]))
        return 400, refused.error
    return 200, "ok"
