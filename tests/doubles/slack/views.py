"""views.*: modals in a stack of at most three, the Home tab, hashes and trigger ids."""

import json
import secrets
import time
from typing import Any

from tests.doubles.slack.api import Refused, method
from tests.doubles.slack.blocks import check_view, with_ids
from tests.doubles.slack.records import Json, View
from tests.doubles.slack.world import World

MOST_VIEWS = 3


def checked_view(world: World, view: Any, surface: str) -> Json:
    """A view's payload with every id filled in, or Refused."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ["[ERROR] view is an object"])
    errors = check_view(view, surface)
    if len(json.dumps(view)) > 250_000:
        raise Refused("view_too_large")
    if errors:
        raise Refused("invalid_arguments", errors)
    return {**view, "blocks": with_ids(world, view["blocks"])}


def new_view(world: World, user: str, payload: Json, previous: View | None = None) -> View:
    """A view with a new id; the root of its stack is itself where there is no previous one."""
    external, others = payload.get("external_id"), [*world.open_views.get(user, []), *world.homes.values()]
    if external and any(view.payload.get("external_id") == external for view in others):
        raise Refused("duplicate_external_id")
    id = f"V{world.number():08d}"
    root, before = (previous.root_id, previous.id) if previous else (id, "")
    return View(id, user, payload, _hash(), root, before)


def replace(view: View, payload: Json) -> None:
    """Show other blocks in a view; what the member filled in stays where block_id and action_id are the same."""
    ids = {(block["block_id"], (block.get("element") or {}).get("action_id")) for block in payload["blocks"]}
    view.state = {
        block: {action: value for action, value in actions.items() if (block, action) in ids}
        for block, actions in view.state.items()
    }
    view.payload, view.hash = payload, _hash()


def push(world: World, user: str, payload: Json) -> View:
    """A view on top of the stack."""
    stack = world.open_views.setdefault(user, [])
    if len(stack) >= MOST_VIEWS:
        raise Refused("push_limit_reached")
    view = new_view(world, user, payload, stack[-1] if stack else None)
    stack.append(view)
    return view


def view_shape(world: World, view: View) -> Json:
    """A view as payloads and answers show it."""
    shown = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None, "title": None}
    return {
        **shown,
        "clear_on_close": False,
        "notify_on_close": False,
        **view.payload,
        "id": view.id,
        "team_id": world.team_id,
        "app_id": world.app_id,
        "app_installed_team_id": world.team_id,
        "bot_id": world.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id or None,
        "state": {"values": {block: actions for block, actions in view.state.items() if actions}},
    }


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"


def _spend(world: World, trigger_id: str) -> tuple[str, bool]:
    """Use up a trigger id: whose it is, and whether it came from inside a modal."""
    trigger = world.triggers.get(trigger_id)
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() - trigger.issued > world.trigger_ttl:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger.user, trigger.in_modal


@method("views.open", "", tier=100)
def open_view(world: World, trigger_id: str, view: Any) -> Json:
    user, in_modal = _spend(world, trigger_id)
    payload = checked_view(world, view, "modal")
    if not in_modal:
        world.open_views[user] = []
    return {"view": view_shape(world, push(world, user, payload))}


@method("views.push", "", tier=100)
def push_view(world: World, trigger_id: str, view: Any) -> Json:
    user, in_modal = _spend(world, trigger_id)
    if not in_modal or not world.open_views.get(user):
        raise Refused("invalid_trigger_id")
    return {"view": view_shape(world, push(world, user, checked_view(world, view, "modal")))}


@method("views.update", "", tier=100)
def update_view(world: World, view: Any, view_id: str = "", external_id: str = "", hash: str = "") -> Json:
    modals = [modal for stack in world.open_views.values() for modal in stack]
    wanted = [m for m in modals if m.id == view_id or (external_id and m.payload.get("external_id") == external_id)]
    if not wanted:
        raise Refused("not_found")
    payload = checked_view(world, view, "modal")
    if hash and hash != wanted[0].hash:
        raise Refused("hash_conflict")
    replace(wanted[0], payload)
    return {"view": view_shape(world, wanted[0])}


@method("views.publish", "", tier=100)
def publish(world: World, user_id: str, view: Any, hash: str = "") -> Json:
    if user_id not in world.users or world.users[user_id].deleted:
        raise Refused("user_not_found")
    payload = checked_view(world, view, "home")
    home = world.homes.get(user_id)
    if hash and home is not None and hash != home.hash:
        raise Refused("hash_conflict")
    if home is None:
        home = world.homes[user_id] = new_view(world, user_id, payload)
    replace(home, payload)
    return {"view": view_shape(world, home)}
