"""Parts as discord.py's own components. A view is stopped at once: presses are read from their ids, nothing waits."""

import io
from typing import Any

import discord
from discord import ui

from adapters.discord.render import Menu, Part

NOBODY = discord.AllowedMentions.none()


def view(part: Part) -> ui.View | None:
    """The part's buttons and menus; None where it has none."""
    if not part.rows:
        return None
    made = ui.View(timeout=None)
    for number, row in enumerate(part.rows):
        if isinstance(row, Menu):
            made.add_item(menu(row, number))
            continue
        for one in row:
            made.add_item(ui.Button(label=one.label, custom_id=one.custom_id, row=number))
    made.stop()
    return made


def menu(row: Menu, number: int) -> ui.Select[Any]:
    select: ui.Select[Any] = ui.Select(
        custom_id=row.custom_id,
        placeholder=row.placeholder,
        max_values=row.most,
        row=number,
    )
    for label, value, hint in row.options:
        select.add_option(label=label, value=value, description=hint or None)
    return select


def file(part: Part) -> discord.File | None:
    return discord.File(io.BytesIO(part.file.content), part.file.name) if part.file else None


def options(part: Part) -> dict[str, Any]:
    """How any message is sent: it pings nobody and shows no preview."""
    made, attached = view(part), file(part)
    found: dict[str, Any] = {"allowed_mentions": NOBODY, "suppress_embeds": True}
    if made:
        found["view"] = made
    if attached:
        found["file"] = attached
    return found


def without(message: discord.Message, custom_id: str) -> ui.View | None:
    """The message's components but one."""
    left = ui.View.from_message(message, timeout=None)
    for item in left.children:
        if getattr(item, "custom_id", None) == custom_id:
            left.remove_item(item)
    left.stop()
    return left if left.children else None
