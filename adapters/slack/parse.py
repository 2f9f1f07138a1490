"""Slack's payloads become events. Pure: what must be looked up (who is writing) is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from adapters.slack.mrkdwn import plain_words
from adapters.slack.settings import PLATFORM
from bot.events import Action, AnyEvent, FormSubmission, Message, Role, Shortcut

Payload = Mapping[str, Any]

SAID = (None, "file_share", "me_message")  # subtypes of messages that members write
BLOCK = "q:"  # block_id of a question: this and its id
CORE, OWN = "act:", "own:"  # action ids of the core's buttons, and of the adapter's
WRITTEN, ASK, PICK, CHOSEN, BACK = "own:written", "own:ask", "own:pick", "own:chosen", "own:back"
FORM_VIEW, ASK_VIEW, REPLY_VIEW = "form", "ask", "reply"  # callback ids
SEND_SHORTCUT, ASK_SHORTCUT = "send_as_feedback", "ask_the_bot"


@dataclass(frozen=True)
class Person:
    """Who is writing, as the profile says. `kind`: member, guest or outside."""

    id: str = field(repr=False)
    name: str = field(default="", repr=False)
    locale: str = ""
    kind: str = "member"
    staff: bool = False


@dataclass(frozen=True)
class Here:
    """Where the bot is: the workspace, and its own user there."""

    team: str
    bot: str
    enterprise: str = ""


@dataclass(frozen=True)
class Origin:
    """Where an act was done, and what can still answer it there.

    `direct`: the channel is a direct message. `ephemeral`: only the member sees it, and only now. `view`: the open
    modal. `submitted`: the modal waits for the acknowledgement. `home`: the Home tab.
    """

    user: str
    channel: str = ""
    thread: str = ""
    direct: bool = False
    ephemeral: bool = False
    response_url: str = field(default="", repr=False)
    trigger: str = field(default="", repr=False)
    view: str = ""
    submitted: bool = False
    home: bool = False


@dataclass(frozen=True)
class Act:
    event: AnyEvent
    origin: Origin


def common(here: Here, person: Person) -> dict[str, Any]:
    address = f"{here.team}:{person.id}"
    return {
        "platform": PLATFORM,
        "account": address,
        "address": address,
        "name": person.name,
        "locale": person.locale,
        "has_forms": True,
        "can_push": True,
        "role": Role.STAFF if person.staff else Role.MEMBER,
    }


def is_said(event: Payload, here: Here) -> bool:
    """Whether a message or mention is something a person wrote to the bot.

    A mention comes as `app_mention` and, where the bot has joined, as `message` too: the latter only counts in a
    direct message, the former only elsewhere.
    """
    user, direct = event.get("user"), is_direct(event)
    if not user or user in (here.bot, "USLACKBOT") or event.get("bot_id") or event.get("hidden"):
        return False
    if event.get("subtype") not in SAID:
        return False
    return direct if event.get("type") == "message" else not direct


def is_direct(event: Payload) -> bool:
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")


def message(event: Payload, here: Here, person: Person) -> Act:
    """A direct message, or a mention in a channel."""
    direct, channel, ts = is_direct(event), str(event["channel"]), str(event["ts"])
    thread = str(event.get("thread_ts") or ("" if direct else ts))
    said = Message(
        **common(here, person),
        id=f"message:{here.team}:{channel}:{ts}",
        private=direct,
        leaves_history=True,
        text=plain_words(str(event.get("text") or ""), here.bot),
        attachments=bool(event.get("files")),
    )
    return Act(said, Origin(person.id, channel, thread, direct))


def command(body: Payload, here: Here, person: Person, *, question: bool) -> Act:
    """A slash command; alone it asks for help. `question`: its words are one."""
    words = plain_words(str(body.get("text") or ""), here.bot).strip()
    said = Message(
        **common(here, person),
        id=f"command:{body['trigger_id']}",
        can_show_form=True,
        text=words or "help",
        question=question and bool(words),
    )
    return Act(said, interaction(body, person))


def shortcut(body: Payload, here: Here, person: Person) -> Act:
    """A message chosen from its menu: to be sent as feedback (the member's own words only), or asked."""
    chosen: Payload = body.get("message") or {}
    words = plain_words(str(chosen.get("text") or ""), here.bot)
    shared = common(here, person) | {"id": f"shortcut:{body['trigger_id']}", "can_show_form": True}
    event: AnyEvent
    if body.get("callback_id") == ASK_SHORTCUT:
        event = Message(**shared, text=words, question=True)
    else:
        event = Shortcut(**shared, text=words if chosen.get("user") == person.id else "")
    return Act(event, interaction(body, person))


def action(body: Payload, here: Here, person: Person) -> Act | None:
    """A button; None for what needs no answer (a box ticked, a link followed)."""
    pressed: Payload = body["actions"][0]
    name, value = str(pressed.get("action_id", "")), str(pressed.get("value") or "")
    origin = interaction(body, person)
    place = origin.view or (body.get("container") or {}).get("message_ts") or (body.get("view") or {}).get("id", "")
    shared = common(here, person) | {
        "id": f"action:{person.id}:{place}:{name}:{pressed.get('action_ts', '')}",
        "can_show_form": True,
        "leaves_history": bool(origin.channel) and not origin.ephemeral,
    }
    if name == CHOSEN:
        ticked = ",".join(picked(body))
        chosen = Action(**shared, action=value or "choose", value=ticked) if ticked else Message(**shared, text="")
        return Act(chosen, origin)
    if name == BACK:
        page = form_page(body.get("view") or {})
        return Act(FormSubmission(**shared, **page, values=values(body["view"]), back=True), origin) if page else None
    if name.startswith(CORE):
        return Act(Action(**shared, action=name.split(":", 2)[-1], value=value), origin)
    if name.startswith(OWN) or pressed.get("type") not in ("button", "feedback_buttons"):
        return None
    return Act(Action(**shared, action="help"), origin)


def submission(body: Payload, here: Here, person: Person) -> Act | None:
    """A modal that was sent."""
    view: Payload = body["view"]
    shared = common(here, person) | {"id": f"view:{view['id']}:{view.get('hash', '')}", "can_show_form": True}
    origin = Origin(person.id, view=str(view["id"]), submitted=True)
    said = values(view)
    if view.get("callback_id") == ASK_VIEW:
        return Act(Message(**shared, text=str(said.get("ask") or ""), question=True), origin)
    if view.get("callback_id") != FORM_VIEW:
        return None
    page = form_page(view)
    return Act(FormSubmission(**shared, **page, values=said), origin) if page else None


def interaction(body: Payload, person: Person) -> Origin:
    """Where a command, a shortcut or a press came from."""
    container: Payload = body.get("container") or {}
    view: Payload = body.get("view") or {}
    channel = str(body.get("channel_id") or (body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    pressed: Payload = (body.get("message") or {}) if body.get("type") == "block_actions" else {}
    return Origin(
        person.id,
        channel,
        thread=str(pressed.get("thread_ts") or container.get("thread_ts") or ""),
        direct=channel.startswith("D"),
        ephemeral=body.get("type") != "block_actions" or bool(container.get("is_ephemeral")),
        response_url=str(body.get("response_url") or ""),
        trigger=str(body.get("trigger_id") or ""),
        view=str(view.get("id", "")) if view.get("type") == "modal" else "",
        home=view.get("type") == "home",
    )


def form_page(view: Payload) -> Payload | None:
    """Which form, page and draft a modal shows; None where that cannot be read, which is no form."""
    try:
        kept = orjson.loads(view.get("private_metadata") or "")
        return {"form": str(kept["form"]), "page": int(kept["page"]), "draft": str(kept.get("draft") or "")}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def values(view: Payload) -> dict[str, str | tuple[str, ...]]:
    """Question id -> what was typed (nothing is escaped there), the chosen code, or the codes; () for no choice."""
    found: dict[str, str | tuple[str, ...]] = {}
    for block, elements in ((view.get("state") or {}).get("values") or {}).items():
        if not str(block).startswith(BLOCK):
            continue
        for element in elements.values():
            if "selected_options" in element or element.get("type") == "checkboxes":
                chosen = tuple(str(one["value"]) for one in element.get("selected_options") or ())
                found[block.removeprefix(BLOCK)] = chosen
            elif "selected_option" in element:
                found[block.removeprefix(BLOCK)] = str((element["selected_option"] or {}).get("value", "")) or ()
            else:
                found[block.removeprefix(BLOCK)] = str(element.get("value") or "")
    return found


def picked(body: Payload) -> list[str]:
    """The values of the boxes ticked in a message or a modal."""
    state = body.get("state") or (body.get("view") or {}).get("state") or {}
    return [
        str(option["value"])
        for elements in (state.get("values") or {}).values()
        for name, element in elements.items()
        if name == PICK
        for option in element.get("selected_options") or ()
    ]
