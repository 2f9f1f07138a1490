"""What comes back with an acknowledgement: response_action of a submission, the message of a command."""

from tests.doubles.slack.api import Refused
from tests.doubles.slack.chat import checked, post
from tests.doubles.slack.records import Json, View
from tests.doubles.slack.views import checked_view, push, replace
from tests.doubles.slack.world import World

KNOWN = {"errors": {"errors"}, "update": {"view"}, "push": {"view"}, "clear": set()}


def apply_response(world: World, view: View, response: Json | None) -> tuple[dict[str, str], str]:
    """Do what the app answered; (errors beside the fields, a notice of the client when the answer was not valid)."""
    stack = world.open_views.setdefault(view.user, [])
    if not response:
        if view in stack:
            stack.remove(view)
        return {}, ""
    action = response.get("response_action")
    try:
        if action not in KNOWN or response.keys() - {"response_action"} != KNOWN[action]:
            raise Refused("invalid_response", [f"response_action {action!r} with {sorted(response)}"])
        if action == "errors":
            return _errors(view, response["errors"]), ""
        if action == "clear":
            stack.clear()
        elif action == "update":
            replace(view, checked_view(world, response["view"], "modal"))
        else:
            push(world, view.user, checked_view(world, response["view"], "modal"))
    except Refused as refused:
        world.violate("blocks", "view_submission", "; ".join([refused.error, *refused.messages]))
        return {}, "invalid_response"
    return {}, ""


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise Refused("invalid_response", [f"errors for {sorted(errors) if isinstance(errors, dict) else errors}"])
    if any(not isinstance(sentence, str) or not sentence for sentence in errors.values()):
        raise Refused("invalid_response", ["an error is a sentence"])
    return dict(errors)


def show_command_response(world: World, user: str, channel: str, response: Json) -> None:
    """The message in a command's acknowledgement: to the member alone unless in_channel."""
    try:
        text, blocks = checked(world, "slash_command", response.get("text"), response.get("blocks"))
    except Refused as refused:
        world.violate("blocks", "slash_command", "; ".join([refused.error, *refused.messages]))
        return
    post(world, channel, text, blocks, to="" if response.get("response_type") == "in_channel" else user)
