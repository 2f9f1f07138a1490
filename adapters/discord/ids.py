"""Custom ids: a version, what is meant, and codes or random ids; never words. Old versions stay understood.

w1:ACTION:VALUE          a button of the core's
w1m:N                    a menu, whose values are ACTION:VALUE; of several, all with the same action
w1f:LANGUAGE:FORM:PAGE:DRAFT   a modal
w1x:NAME                 a button that concerns this message alone
"""

from dataclasses import dataclass

LONGEST = 100  # characters of a custom id, and of a menu's value
WRITTEN, HERE = "written", "here"


@dataclass(frozen=True)
class Pressed:
    """A button or menu of the core's: its action and value."""

    action: str
    value: str = ""


@dataclass(frozen=True)
class OnMessage:
    """A button that concerns its message: WRITTEN or HERE."""

    name: str


@dataclass(frozen=True)
class Page:
    """A page of a form in a modal; `language` that it was shown in, `draft` that it was shown for."""

    language: str
    form: str
    number: int
    draft: str = ""


def button_id(action: str, value: str = "") -> str:
    return f"w1:{action}:{value}"


def menu_value(action: str, value: str) -> str:
    return f"{action}:{value}"


def read_press(custom_id: str, values: list[str]) -> Pressed | OnMessage | None:
    """What a press means; None where it is no id of ours, or one that is no longer understood."""
    kind, _, rest = custom_id.partition(":")
    match kind:
        case "w1" if rest:
            action, _, value = rest.partition(":")
            return Pressed(action, value)
        case "w1m" if all(values) and len({one.partition(":")[0] for one in values}) == 1:
            return Pressed(values[0].partition(":")[0], ",".join(one.partition(":")[2] for one in values))
        case "w1x" if rest in (WRITTEN, HERE):
            return OnMessage(rest)
    return None


def page_id(page: Page) -> str:
    return f"w1f:{page.language}:{page.form}:{page.number}:{page.draft}"


def read_page(custom_id: str) -> Page | None:
    kind, *parts = custom_id.split(":")
    if kind != "w1f" or len(parts) not in (3, 4) or not (parts[2].isascii() and parts[2].isdecimal()):
        return None
    return Page(parts[0], parts[1], int(parts[2]), *parts[3:])
