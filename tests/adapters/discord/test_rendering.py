"""Replies and forms as payloads: limits with the longest content in both languages, hostile words, custom ids."""

import re
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import ids
from adapters.discord.checks import Nobody, nothing
from adapters.discord.client import Client
from adapters.discord.commands import Spanish, Tree, build
from adapters.discord.escaping import escape, unescape
from adapters.discord.failing import own_words, was_not_kept
from adapters.discord.modals import modal, values
from adapters.discord.render import Menu, Press, render
from adapters.discord.settings import DiscordSettings, read
from adapters.discord.splitting import split, units
from adapters.discord.texts import language_of, own_texts
from adapters.discord.views import view
from bot.asking import told
from bot.cleaning import clean, printable
from bot.content import Content
from bot.errors import SettingsError
from bot.events import FormSubmission, Message
from bot.faq.matcher import Match
from bot.replies import Button, Citation, Reply, Secret, ShowForm, Text, Words
from tests.conftest import NOW

HOSTILE = [
    "@everyone @here <@123> <@&5> <#7> </ask:1> <t:1> <:x:1>",
    "[free money](https://evil.example) https://evil.example discord.gg/abc",
    "**bold** __u__ ~~s~~ `code` ```block``` ||spoiler||",
    "# title\n> quote\n- list\n1. one\n-# small\n>>> all",
    "\\*already\\* \\",
    "\u202eturned\u202c round",
]
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_and_do_nothing(words: str) -> None:
    shown = escape(words)
    assert unescape(shown) == printable(words)
    bare = re.sub(r"\\.", "x", shown, flags=re.DOTALL)
    assert not re.search(r"[*_~`|\[\]<@\\]|https?:|discord\.gg|/", bare)
    assert not re.search(r"^\s*([#>+-]|\d+\.)", bare, re.MULTILINE)


@given(ANY)
def test_any_words_are_shown_as_they_are(words: str) -> None:
    assert unescape(escape(clean(words))) == printable(clean(words))


@given(st.lists(st.text(st.sampled_from("ab\\* \n🧑"), max_size=300), max_size=8), st.integers(20, 60))
def test_split_loses_nothing_but_blanks(chunks: list[str], longest: int) -> None:
    parts = split(chunks, longest)
    assert all(units(part) <= longest for part in parts)
    assert re.sub(r"[\s…]", "", "".join(parts)) == re.sub(r"\s", "", "".join(chunks))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_answer_fits(content: Content, language: str) -> None:
    for topic in content.entries:
        parts = render(told(content, language, Match("answer", topic), NOW.date()), language)
        for part in parts:
            assert 0 < units(part.content) <= 2000
            assert len(part.rows) <= 5
            for row in part.rows:
                assert not isinstance(row, Menu)
                assert len(row) <= 5
                assert all(len(one.label) <= 80 and len(one.custom_id) <= 100 for one in row)


async def test_long_lists_are_menus(content: Content) -> None:
    choices = tuple(Button("open", "x" * 120, f"id{number}", "y" * 120) for number in range(60))
    commands = tuple(Button("back", f"Back {number}", str(number)) for number in range(3))
    parts = render(Reply((Text("Choose"), Secret("one two three four five six")), choices, commands), "en")
    assert all(units(part.content) <= 2000 for part in parts)
    assert "**60.** " in "".join(part.content for part in parts), "what no menu holds can be typed"
    menus = [row for row in parts[-1].rows if isinstance(row, Menu)]
    assert [len(menu.options) for menu in menus] == [25, 25]
    assert all(len(text) <= 100 for menu in menus for option in menu.options for text in option)
    assert sum(part.secret for part in parts) == 1
    made = view(parts[-1])
    assert made is not None
    assert len(made.to_components()) <= 5


def test_several_are_chosen_in_one_menu() -> None:
    reply = Reply((Text("?"),), tuple(Button("choose", f"Effect {n}", f"e{n}") for n in range(10)), several=True)
    (part,) = render(reply, "en")
    (menu,) = part.rows
    assert isinstance(menu, Menu)
    assert (menu.most, [value for _, value, _ in menu.options]) == (10, [f"choose:e{n}" for n in range(10)])
    assert "**10.** Effect 9" in part.content


def test_buttons_are_told_once_and_hints_are_written_out() -> None:
    reply = Reply((Text("?"),), (Button("a", "Yes", "", "that is fine"),), (Button("a", "Yes"), Button("b", "No")))
    (part,) = render(reply, "en")
    assert part.content == "?\n\n**1.** Yes - that is fine"
    assert part.rows == ((Press("w1:a:", "1. Yes"),), (Press("w1:b:", "No"),))


def test_blocks() -> None:
    blocks = (Text("Hello **you**"), Words("What is it?", "an *idea*"), Words("Job", "nurse"))
    reply = Reply((*blocks, Citation("Source: A_B", "https://a.example/x_y"), Secret("one two")))
    (part,) = render(reply, "es")
    assert part.content == (
        "Hello **you**\n\n**What is it?** an \\*idea\\*\n**Job:** nurse\n\n"
        "Source: A\\_B <https://a.example/x_y>\n\n```\none two\n```"
    )
    assert part.rows == ((Press("w1x:written", "Ya lo apunté"),),)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_page_fits_a_modal(content: Content, language: str) -> None:
    for form in content.forms.values():
        for page in {one.page for one in form.questions}:
            questions = tuple(one for one in form.questions if one.page == page)
            answers = {one.id: "x" * 5000 for one in questions if one.kind == "text"}
            notes = (Text("n" * 5000),)
            shown = ShowForm(form.id, page, 9, form.title[language], questions, answers, language, notes)
            made = modal(shown).to_dict()
            assert len(made["title"]) <= 45
            assert len(made["custom_id"]) <= 100
            assert len(made["components"]) <= 5
            assert ids.read_page(made["custom_id"]) == ids.Page(language, form.id, page)
            for part in made["components"]:
                if part["type"] == 10:
                    assert len(part["content"]) <= 4000
                    continue
                assert part["type"] == 18
                assert len(part["label"]) <= 45
                assert len(part.get("description") or "") <= 100
                inner = part["component"]
                assert len(inner.get("value") or "") <= inner.get("max_length", 4000) <= 4000
                for option in inner.get("options", []):
                    assert len(option["label"]) <= 100
                    assert len(option.get("description") or "") <= 100


def test_what_a_modal_sends() -> None:
    sent: list[typing.Any] = [
        {"type": 18, "component": {"type": 4, "custom_id": "words", "value": "mine"}},
        {"type": 18, "component": {"type": 21, "custom_id": "level", "value": "named"}},
        {"type": 18, "component": {"type": 21, "custom_id": "sector", "value": None}},
        {"type": 18, "component": {"type": 22, "custom_id": "effects", "values": ["pay", "time"]}},
        {"type": 1, "components": [{"type": 4, "custom_id": "job", "value": ""}]},
        {"type": 10, "content": "a note"},
    ]
    empty = {"sector": "", "job": ""}
    assert values(sent) == {"words": "mine", "level": "named", "effects": ("pay", "time"), **empty}


@pytest.mark.parametrize(
    ("custom_id", "chosen", "meant"),
    [
        ("w1:redact:use:words", [], ids.Pressed("redact", "use:words")),
        ("w1:help:", [], ids.Pressed("help")),
        ("w1m:0", ["open:7kq2"], ids.Pressed("open", "7kq2")),
        ("w1m:0", ["choose:pay", "choose:time"], ids.Pressed("choose", "pay,time")),
        ("w1m:0", ["choose:pay", "open:7kq2"], None),
        ("w1m:0", [], None),
        ("w1x:written", [], ids.OnMessage("written")),
        ("w1x:other", [], None),
        ("w9:help:", [], None),
        ("", [], None),
    ],
)
def test_custom_ids(custom_id: str, chosen: list[str], meant: object) -> None:
    assert ids.read_press(custom_id, chosen) == meant


@pytest.mark.parametrize("custom_id", ["w1f:en:form", "w1f:en:form:x", "w1f:en:form:²", "other", ""])
def test_a_page_that_is_none(custom_id: str) -> None:
    assert ids.read_page(custom_id) is None


async def test_commands_fit_and_are_spanish(content: Content, tmp_path: typing.Any) -> None:
    client = Client(DiscordSettings("", tmp_path), started=nothing, message=nothing, interaction=nothing)
    tree = Tree(client)
    build(tree, Nobody(), content, lambda words, language: [])
    told_ = [await one.get_translated_payload(tree, Spanish()) for one in tree.get_commands()]
    union = next(one for one in told_ if one["name"] == "union")
    assert [one["name"] for one in union["options"]] == [
        *("ask", "feedback", "mydata", "receipt", "language", "help", "staff"),
    ]
    for one in [*told_, *union["options"]]:
        for text in (one["name"], *one["name_localizations"].values()):
            assert len(text) <= 32
            assert one.get("type") == 3 or re.fullmatch(r"[-_\w]+", text)
            assert one.get("type") == 3 or text == text.lower()
        assert all(len(text) <= 100 for text in one.get("description_localizations", {}).values())


def test_which_language_a_reply_speaks(content: Content) -> None:
    event = Message(id="1", platform="discord", account="1", address="1", locale="en-US", text="")
    assert language_of(Reply((), language="es"), event, content) == "es"
    assert language_of(Reply(()), event, content) == "en"
    assert set(own_texts()) == set(content.texts)


def test_what_was_not_kept_is_given_back(content: Content) -> None:
    for texts in content.texts.values():
        assert was_not_kept(Reply((Text(texts("reply.broken", number="7kq2")),)), content)
        assert was_not_kept(Reply((Text(texts("reply.away")),)), content)
        assert not was_not_kept(Reply((Text(texts("reply.help")),)), content)
    page = FormSubmission(
        id="1",
        platform="discord",
        account="1",
        address="1",
        form="ai-at-work",
        page=2,
        values={"words": "mine", "part": "check", "effects": ("pay",), "task": " "},
    )
    assert own_words(page, content, "en")[1:] == [Words("What happens", "mine")]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"token": " "}, "DISCORD_TOKEN"),
        ({"roles": "12, stewards"}, "DISCORD_STAFF_ROLES"),
        ({"guild": "here"}, "DISCORD_TRIAL_GUILD"),
        ({"api_url": "ftp://x"}, "DISCORD_API_URL"),
        ({"gateway_url": "http://x"}, "DISCORD_GATEWAY_URL"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: typing.Any, wrong: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=name) as said:
        read(tmp_path, **{"token": "secret-token", **wrong})
    assert "secret-token" not in str(said.value)


def test_settings(tmp_path: typing.Any) -> None:
    found = read(tmp_path, token="Bot abc", roles="1, 2", guild="3")
    assert (found.token, found.staff_roles, found.trial_guild) == ("abc", frozenset({1, 2}), 3)
    assert "abc" not in repr(found)
