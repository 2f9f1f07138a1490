"""Each documented limit: the longest passes, one more does not."""

from typing import Any

import pytest

from .choices import check_choices
from .command_limits import check_commands
from .limits import check_message
from .modals import check_modal
from .refusals import Refused
from .world import JSON, V2


def button(number: int = 0, **more: Any) -> JSON:
    return {"type": 2, "style": 1, "label": "x", "custom_id": f"b{number}", **more}


def rows(count: int, width: int = 5) -> list[JSON]:
    return [{"type": 1, "components": [button(row * 10 + place) for place in range(width)]} for row in range(count)]


def row(*parts: JSON) -> JSON:
    return {"components": [{"type": 1, "components": list(parts)}]}


def menu(count: int = 1, **more: Any) -> JSON:
    options = [{"label": f"{number}", "value": f"{number}"} for number in range(count)]
    return {"type": 3, "custom_id": "m", "options": options, **more}


def embed(**more: Any) -> JSON:
    return {"embeds": [{"title": "t", **more}]}


def texts(*lengths: int) -> JSON:
    return {"flags": V2, "components": [{"type": 10, "content": "x" * length} for length in lengths]}


def fields(count: int, name: int = 1, value: int = 1) -> JSON:
    return embed(fields=[{"name": "n" * name, "value": "v" * value} for _ in range(count)])


MESSAGES: dict[str, tuple[JSON, JSON]] = {
    "content": ({"content": "x" * 2000}, {"content": "x" * 2001}),
    "nonce": ({"content": "x", "nonce": "n" * 25}, {"content": "x", "nonce": "n" * 26}),
    "rows": ({"components": rows(5)}, {"components": rows(6)}),
    "buttons": ({"components": rows(1, 5)}, {"components": rows(1, 6)}),
    "empty row": (row(button()), row()),
    "label": (row(button(label="x" * 80)), row(button(label="x" * 81))),
    "no label": (row(button(label=None, emoji={"name": "x"})), row(button(label=None))),
    "custom id": (row(button(custom_id="x" * 100)), row(button(custom_id="x" * 101))),
    "no custom id": (row(button(custom_id="x")), row(button(custom_id=""))),
    "unique ids": (row(button(1), button(2)), row(button(1), button(1))),
    "link": (row({"type": 2, "style": 5, "label": "x", "url": "https://a.b"}), row(button(style=5, url="https://a.b"))),
    "scheme": (
        row({"type": 2, "style": 5, "label": "x", "url": "https://a.b"}),
        row({"type": 2, "style": 5, "label": "x", "url": "javascript:x"}),
    ),
    "options": (row(menu(25)), row(menu(26))),
    "option label": (
        row(menu(options=[{"label": "x" * 100, "value": "v" * 100, "description": "d" * 100}])),
        row(menu(options=[{"label": "x" * 101, "value": "v"}])),
    ),
    "option twice": (
        row(menu(options=[{"label": "x", "value": "a"}, {"label": "x", "value": "b"}])),
        row(menu(options=[{"label": "x", "value": "a"}, {"label": "y", "value": "a"}])),
    ),
    "placeholder": (row(menu(placeholder="x" * 150)), row(menu(placeholder="x" * 151))),
    "max values": (row(menu(2, max_values=2)), row(menu(2, max_values=3))),
    "menu alone": (row(menu()), row(menu(), button())),
    "text input in a message": (row(button()), row({"type": 4, "custom_id": "x", "style": 1, "label": "x"})),
    "embeds": ({"embeds": [{"title": "x"}] * 10}, {"embeds": [{"title": "x"}] * 11}),
    "embed title": (embed(title="x" * 256), embed(title="x" * 257)),
    "embed description": (embed(description="x" * 4096), embed(description="x" * 4097)),
    "embed fields": (fields(25), fields(26)),
    "field name": (fields(1, 256, 1024), fields(1, 257, 1024)),
    "field value": (fields(1, 1, 1024), fields(1, 1, 1025)),
    "empty field": (fields(1), fields(1, 0)),
    "footer": (embed(footer={"text": "x" * 2048}), embed(footer={"text": "x" * 2049})),
    "embed sum": (
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2000}]},
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
    ),
    "mentions": (
        {"content": "x", "allowed_mentions": {"parse": ["users"]}},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
    ),
    "v2 text": (texts(4000), texts(3000, 1001)),
    "v2 parts": (texts(*[1] * 40), texts(*[1] * 41)),
    "v2 nested parts": (
        {"flags": V2, "components": [{"type": 17, "components": texts(*[1] * 39)["components"]}]},
        {"flags": V2, "components": [{"type": 17, "components": texts(*[1] * 40)["components"]}]},
    ),
    "v2 or content": (texts(1), {**texts(1), "content": "x"}),
    "v2 or embeds": (texts(1), {**texts(1), **embed()}),
    "v2 needs its flag": (texts(1), {**texts(1), "flags": 0}),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_message(name: str) -> None:
    passes, fails = MESSAGES[name]
    assert check_message(passes) == []
    assert check_message(fails) != []


@pytest.mark.parametrize("data", [{}, {"content": "  "}, {"embeds": []}, {"components": []}])
def test_empty_message(data: JSON) -> None:
    with pytest.raises(Refused, match="50006"):
        check_message(data)


def label(component: JSON, **more: Any) -> JSON:
    return {"type": 18, "label": "x", "component": component, **more}


def field(**more: Any) -> JSON:
    return {"type": 4, "custom_id": "t", "style": 2, **more}


def group(kind: int, count: int, **more: Any) -> JSON:
    options = [{"label": f"{number}", "value": f"{number}"} for number in range(count)]
    return {"type": kind, "custom_id": "g", "options": options, **more}


def form(*tops: JSON, **more: Any) -> JSON:
    return {"title": "x", "custom_id": "m", "components": list(tops), **more}


def many(count: int) -> list[JSON]:
    return [label(field(custom_id=f"t{number}")) for number in range(count)]


MODALS: dict[str, tuple[JSON, JSON]] = {
    "title": (form(label(field()), title="x" * 45), form(label(field()), title="x" * 46)),
    "custom id": (form(label(field()), custom_id="x" * 100), form(label(field()), custom_id="x" * 101)),
    "items": (form(*many(5)), form(*many(6))),
    "no items": (form(*many(1)), form()),
    "label": (form(label(field(), label="x" * 45)), form(label(field(), label="x" * 46))),
    "description": (form(label(field(), description="x" * 100)), form(label(field(), description="x" * 101))),
    "value": (form(label(field(value="x" * 4000))), form(label(field(value="x" * 4001)))),
    "value of the longest": (
        form(label(field(value="xx", max_length=2))),
        form(label(field(value="xxx", max_length=2))),
    ),
    "longest": (form(label(field(max_length=4000))), form(label(field(max_length=4001)))),
    "placeholder": (form(label(field(placeholder="x" * 100))), form(label(field(placeholder="x" * 101)))),
    "same id twice": (form(*many(2)), form(label(field()), label(field()))),
    "own label": (form(label(field())), form(label(field(label="x")))),
    "radio low": (form(label(group(21, 2))), form(label(group(21, 1)))),
    "radio high": (form(label(group(21, 10))), form(label(group(21, 11)))),
    "boxes low": (form(label(group(22, 1))), form(label(group(22, 0)))),
    "boxes high": (form(label(group(22, 10))), form(label(group(22, 11)))),
    "boxes required": (
        form(label(group(22, 2, min_values=0, required=False))),
        form(label(group(22, 2, min_values=0))),
    ),
    "menu": (form(label(group(3, 25))), form(label(group(3, 26)))),
    "menu not disabled": (form(label(group(3, 2))), form(label(group(3, 2, disabled=True)))),
    "no button": (form(label(field())), form(label(button()))),
    "row": (
        form({"type": 1, "components": [field(label="x")]}),
        form({"type": 1, "components": [field(label="x"), field(label="y", custom_id="u")]}),
    ),
}


@pytest.mark.parametrize("name", MODALS)
def test_modal(name: str) -> None:
    passes, fails = MODALS[name]
    assert check_modal(passes) == []
    assert check_modal(fails) != []


def command(**more: Any) -> JSON:
    return {"name": "ask", "description": "x", **more}


def option(name: str = "o", **more: Any) -> JSON:
    return {"type": 3, "name": name, "description": "x", **more}


def choices(count: int, **more: Any) -> JSON:
    told = [{"name": f"{number}", "value": f"{number}"} for number in range(count)]
    return command(options=[option(choices=told, **more)])


def heavy(characters: int) -> JSON:
    """A command whose texts have so many characters in all."""
    told = [{"name": "n", "value": "v" * 99}] * 19
    options = [option(f"o{number}", choices=told) for number in range(4)]
    rest = characters - 3 - sum(2 + 1 + 19 * 100 for _ in options)
    more = [option("m", choices=[{"name": "n", "value": "v" * 100}] * 3, description="x" * 60)]
    rest -= 1 + 60 + 3 * 101
    return command(options=options + more, description="x" * rest)


COMMANDS: dict[str, tuple[list[JSON], list[JSON]]] = {
    "name": ([command(name="a" * 32)], [command(name="a" * 33)]),
    "lower case": ([command(name="año-1_b")], [command(name="Ask")]),
    "no spaces": ([command(name="ask-it")], [command(name="ask it")]),
    "description": ([command(description="x" * 100)], [command(description="x" * 101)]),
    "no description": ([command()], [command(description="")]),
    "options": (
        [command(options=[option(f"o{number}") for number in range(25)])],
        [command(options=[option(f"o{number}") for number in range(26)])],
    ),
    "choices": ([choices(25)], [choices(26)]),
    "choices or autocomplete": ([choices(2)], [choices(2, autocomplete=True)]),
    "required first": (
        [command(options=[option("a", required=True), option("b")])],
        [command(options=[option("a"), option("b", required=True)])],
    ),
    "one kind of options": (
        [command(options=[option("a", type=1)])],
        [command(options=[option("a", type=1), option("b")])],
    ),
    "depth": (
        [command(options=[option("a", type=2, options=[option("b", type=1, options=[option("c")])])])],
        [command(options=[option("a", type=1, options=[option("b", type=1)])])],
    ),
    "locale": ([command(name_localizations={"es-ES": "preguntar"})], [command(name_localizations={"es": "preguntar"})]),
    "localised name": (
        [command(name_localizations={"es-ES": "a" * 32})],
        [command(name_localizations={"es-ES": "a" * 33})],
    ),
    "localised description": (
        [command(description_localizations={"es-ES": "a" * 100})],
        [command(description_localizations={"es-ES": "a" * 101})],
    ),
    "count": (
        [command(name=f"a{number}") for number in range(100)],
        [command(name=f"a{number}") for number in range(101)],
    ),
    "menus": (
        [{"name": f"A {number}", "type": 3} for number in range(5)],
        [{"name": f"A {number}", "type": 3} for number in range(6)],
    ),
    "menu texts": ([{"name": "A b", "type": 3}], [{"name": "A b", "type": 3, "description": "x"}]),
    "same name": ([command(), command(name="b")], [command(), command()]),
    "sum": ([heavy(8000)], [heavy(8001)]),
    "sum with translations": (
        [heavy(7999) | {"name_localizations": {"es-ES": "asks"}}],
        [heavy(7999) | {"name_localizations": {"es-ES": "asked"}}],
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_command(name: str) -> None:
    passes, fails = COMMANDS[name]
    assert check_commands(passes) == []
    assert check_commands(fails) != []


def test_choices_of_an_autocomplete() -> None:
    one = {"name": "n" * 100, "value": "v" * 100}
    assert check_choices({"choices": [one] * 25}) == []
    assert check_choices({"choices": [one] * 26}) != []
    assert check_choices({"choices": [{"name": "n" * 101, "value": "v"}]}) != []
    assert check_choices({"choices": [{"name": "n", "value": "v" * 101}]}) != []
