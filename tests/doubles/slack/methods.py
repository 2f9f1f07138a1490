"""The other Web API methods: identity, sockets, people, conversations, files, assistant threads."""

from typing import Any
from urllib.parse import quote

from tests.doubles.slack.api import Refused, method
from tests.doubles.slack.chat import checked, place, post, shape
from tests.doubles.slack.records import Json, Upload, User
from tests.doubles.slack.world import World

ASSISTANT = "assistant:write|chat:write"


@method("auth.test", "", tier=100)
def auth_test(world: World) -> Json:
    return {
        "url": f"https://{world.team_domain}.slack.com/",
        "team": world.team_domain,
        "user": world.users[world.bot_user].name,
        "team_id": world.team_id,
        "user_id": world.bot_user,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


@method("bots.info", "users:read", tier=50)
def bots_info(world: World, bot: str = "") -> Json:
    name = world.users[world.bot_user].name
    return {"bot": {"id": bot or world.bot_id, "name": name, "app_id": world.app_id, "user_id": world.bot_user}}


@method("users.info", "users:read", tier=100)
def users_info(world: World, user: str, include_locale: Any = False) -> Json:
    found = world.users.get(user)
    if found is None:
        raise Refused("user_not_found")
    return {"user": _profile(found, str(include_locale).lower() in ("true", "1"))}


def _profile(user: User, with_locale: bool) -> Json:
    profile = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.name,
        "deleted": user.deleted,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": 0,
        "profile": {"real_name": user.name, "display_name": user.name, "team": user.team},
        "is_admin": False,
        "is_bot": user.is_bot,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_app_user": False,
        "updated": 1,
    }
    if user.is_stranger:
        profile["is_stranger"] = True
    return {**profile, "locale": user.locale} if with_locale else profile


@method("usergroups.users.list", "usergroups:read", tier=20, ignored="include_disabled")
def usergroup_users(world: World, usergroup: str) -> Json:
    if usergroup not in world.groups:
        raise Refused("no_such_subteam")
    return {"users": list(world.groups[usergroup])}


@method("conversations.open", "im:write", tier=50, ignored="return_im prevent_creation")
def conversations_open(world: World, users: str = "", channel: str = "") -> Json:
    if channel:
        if channel not in world.channels:
            raise Refused("channel_not_found")
        return {"channel": {"id": channel}}
    wanted = [user for user in users.split(",") if user]
    if not wanted:
        raise Refused("users_list_not_supplied")
    if len(wanted) > 1:
        raise Refused("missing_scope", needed="mpim:write", provided=",".join(sorted(world.scopes)))
    user = world.users.get(wanted[0])
    if user is None:
        raise Refused("user_not_found")
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    if user.deleted:
        raise Refused("user_disabled")
    return {"channel": {"id": world.dm_of(user.id).id}}


@method("conversations.info", "channels:read|groups:read|im:read|mpim:read", tier=50, ignored="include_locale")
def conversations_info(world: World, channel: str, include_num_members: Any = False) -> Json:
    found = world.channels.get(channel)
    if found is None:
        raise Refused("channel_not_found")
    kinds = {"is_channel": "channel", "is_group": "group", "is_im": "im", "is_mpim": "mpim"}
    is_member = world.bot_user in found.members
    shown: Json = {"id": found.id, "name": found.name, "is_archived": found.is_archived, "is_member": is_member}
    shown |= {key: found.kind == kind for key, kind in kinds.items()}
    return {"channel": shown | ({"num_members": len(found.members)} if include_num_members else {})}


HISTORY = "im:history|channels:history|groups:history|mpim:history"
PAGED = "cursor inclusive latest oldest limit include_all_metadata"


@method("conversations.replies", HISTORY, tier=50, ignored=PAGED)
def conversations_replies(world: World, channel: str, ts: str) -> Json:
    """bolt itself asks for these in a thread of a direct message, for the context of an assistant."""
    found = place(world, channel, dm_by_user=False)
    needed = {"im": "im:history", "channel": "channels:history", "group": "groups:history"}[found.kind]
    if needed not in world.scopes:
        raise Refused("missing_scope", needed=needed, provided=",".join(sorted(world.scopes)))
    thread = [message for message in world.messages(channel) if ts in (message.ts, message.thread_ts)]
    if not thread:
        raise Refused("thread_not_found")
    return {"messages": [shape(world, message) for message in thread], "has_more": False}


@method("files.getUploadURLExternal", "files:write", tier=50, ignored="alt_txt snippet_type")
def upload_url(world: World, filename: str, length: Any) -> Json:
    if not str(length).isdigit() or int(length) < 1 or not filename:
        raise Refused("invalid_arguments", ["[ERROR] filename and a length of at least 1 are needed"])
    upload = Upload(f"F{world.number():08d}", filename, int(length))
    world.uploads.append(upload)
    return {"upload_url": f"{world.origin}/upload/{quote(upload.id)}", "file_id": upload.id}


@method("files.completeUploadExternal", "files:write", tier=100, ignored="highlight_type")
def complete_upload(
    world: World,
    files: Any,
    channel_id: str = "",
    channels: str = "",
    initial_comment: str = "",
    thread_ts: str = "",
    blocks: Any = None,
) -> Json:
    if not isinstance(files, list) or not files:
        raise Refused("invalid_arguments", ["[ERROR] files is an array of at least one"])
    found = []
    for file in files:
        upload = next((upload for upload in world.uploads if upload.id == file.get("id")), None)
        if upload is None or upload.content is None or upload.complete:
            raise Refused("file_not_found")
        found.append((upload, file))
    for target in [place(world, id, dm_by_user=False) for id in (channel_id, *channels.split(",")) if id]:
        text, filled = checked(world, "files", initial_comment, blocks) if initial_comment or blocks else ("", [])
        message = post(world, target.id, text, filled, thread_ts)
        message.files = [upload.id for upload, _ in found]
        for upload, _ in found:
            upload.channel, upload.thread_ts = target.id, thread_ts
    for upload, file in found:
        upload.title, upload.complete = str(file.get("title", upload.name)), True
    return {"files": [{"id": upload.id, "title": upload.title, "name": upload.name} for upload, _ in found]}


@method("assistant.threads.setStatus", ASSISTANT, tier=600, ignored="icon_emoji icon_url username")
def set_status(world: World, channel_id: str, thread_ts: str, status: str, loading_messages: Any = None) -> Json:
    if len(loading_messages or []) > 10:
        raise Refused("invalid_arguments", ["[ERROR] at most ten loading messages"])
    _thread(world, channel_id, thread_ts)
    world.statuses.append({"channel": channel_id, "thread_ts": thread_ts, "status": status})
    return {}


@method("assistant.threads.setSuggestedPrompts", ASSISTANT, tier=600)
def set_prompts(world: World, channel_id: str, prompts: Any, thread_ts: str = "", title: str = "") -> Json:
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise Refused("invalid_arguments", ["[ERROR] one to four prompts"])
    if any(not isinstance(prompt, dict) or prompt.keys() != {"title", "message"} for prompt in prompts):
        raise Refused("invalid_arguments", ["[ERROR] a prompt has a title and a message"])
    _thread(world, channel_id, thread_ts)
    world.prompts.append({"channel": channel_id, "thread_ts": thread_ts, "title": title, "prompts": prompts})
    return {}


def _thread(world: World, channel_id: str, thread_ts: str) -> None:
    place(world, channel_id, dm_by_user=False)
    if thread_ts and world.find(channel_id, thread_ts) is None:
        raise Refused("channel_not_found")
