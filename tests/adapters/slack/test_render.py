"""Replies become Block Kit within Slack's limits, say the same in plain text, and members' words stay words."""

import json

import pytest

from adapters.slack.mrkdwn import cut, mrkdwn, short, size, unescape
from adapters.slack.render import Posting, render
from adapters.slack.views import ask_view, form_view, home_view, reply_view
from adapters.slack.words import load_words, words_in
from bot.content import Content
from bot.forms import Answer
from bot.replies import Button, Citation, Reply, Secret, ShowForm, Text, Words
from tests.doubles.slack import check_blocks, check_view

HOSTILE = "*bold* <!channel> <@U1> <https://x.example|click> & `code` @here ~no~ _it_ \u202e#general :smile:"
EN = words_in("en-US")
LABELS = tuple(Button("topic", f"{n} " + "<&>" * 60, f"topic-{n}", "hint & <hint>" if n % 2 else "") for n in range(60))
REPLIES = {
    "words": Reply((Words("What happens", HOSTILE),)),
    "long": Reply((Words("What happens", "<&> word " * 8_000),)),
    "one long word": Reply((Words("x", "&" * 40_000), Text("y" * 9_000))),
    "astral": Reply((Words("x", "\U0001f937" * 5_000),)),
    "labels": Reply((Text("Which?"),), LABELS, LABELS[:3]),
    "several": Reply((Text("Which?"),), LABELS[:10], several=True),
    "many blocks": Reply(tuple(Words(f"{n}", "w") for n in range(130)), (), (Button("send", "Send"),)),
    "source": Reply((Citation("A <source> & one", "https://example.org/?a=1&b=<2>"), Citation("x" * 5_000))),
    "nothing": Reply((Text(""), Words("", ""))),
    "secret": Reply((Text("Your receipt"), Secret("one two three four five six"), Text("after")), (), LABELS[:1]),
}


def read(postings: list[Posting]) -> str:
    return "\n".join(unescape(one.text) for one in postings)


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("agent", [True, False])
@pytest.mark.parametrize("name", REPLIES)
def test_every_message_is_within_limits(name: str, apart: bool, agent: bool) -> None:
    postings = render(REPLIES[name], EN, apart=apart, agent=agent)
    assert postings
    for posting in postings:
        assert check_blocks(posting.blocks, "message") == []
        assert 0 < size(unescape(posting.text)) <= 4000
        assert len(posting.blocks) <= 50
        names = [
            element["action_id"]
            for block in posting.blocks
            for element in block.get("elements", ())
            if "action_id" in element
        ]
        assert len(names) == len(set(names))


def test_all_of_a_long_text_is_said() -> None:
    words = " ".join(f"w{n}<&>" for n in range(6_000))
    postings = render(Reply((Words("All", words),)), EN)
    assert len(postings) > 10
    assert read(postings).split()[1:] == words.split()
    shown = [unescape(block["text"]["text"]) for one in postings for block in one.blocks]
    assert " ".join(shown).split()[1:] == words.split()


def test_members_words_stand_in_plain_text_and_escaped() -> None:
    for posting in render(Reply((Words("What", HOSTILE),), (Button("open", HOSTILE, "1"),)), EN):
        sent = json.dumps([posting.text, posting.blocks])
        assert "<!channel>" not in sent
        assert "<@U1>" not in sent
        assert "<https" not in sent
        for block in posting.blocks:
            if "bold" in json.dumps(block):
                assert '"mrkdwn"' not in json.dumps(block)
                assert '"emoji": true' not in json.dumps(block)


def test_approved_words_are_formatted() -> None:
    assert mrkdwn("**Yes**: *ask* <a> & b\n- one\n- two") == "*Yes*: _ask_ &lt;a&gt; &amp; b\n• one\n• two"


def test_the_plain_text_says_all() -> None:
    reply = Reply(
        (
            Text("**Which** one?"),
            Words("1. Job", "nurse"),
            Words("Who may know it was you?", "Named"),
            Secret("a b c d e f"),
        ),
        (Button("choose", "Named", "named", "Staff see it."), Button("choose", "Other", "other")),
        (Button("back", "Back"), Button("later", "Later")),
    )
    assert read(render(reply, EN)) == (
        "Which one?\n\n1. Job: nurse\nWho may know it was you? Named\n\n    a b c d e f\n"
        "  1. Named - Staff see it.\n  2. Other\n[back | later]"
    )


def test_a_receipt_has_a_message_of_its_own_with_a_button() -> None:
    before, secret, after = render(REPLIES["secret"], EN, apart=True)
    assert [before.secret, secret.secret, after.secret] == [False, True, False]
    assert "one two three" not in before.text + after.text
    assert [e["action_id"] for block in secret.blocks for e in block.get("elements", ())] == ["own:written"]
    (whole,) = render(REPLIES["secret"], EN)
    assert "    one two three four five six\n" in whole.text


def test_thumbs_in_the_agent_view() -> None:
    reply = Reply(
        (Text("So."),), (), (Button("helped", "Yes", "yes"), Button("helped", "No", "no"), Button("help", "Help"))
    )
    (posting,) = render(reply, EN, agent=True)
    kinds = [block["type"] for block in posting.blocks]
    assert kinds == ["section", "context_actions", "actions"]
    assert [block["type"] for block in render(reply, EN)[0].blocks] == ["section", "actions"]


@pytest.mark.parametrize("limit", [1, 5, 17, 1000])
def test_cutting_loses_nothing(limit: int) -> None:
    words = "first line\n\nsecond & third <words>\n" * 7 + "x" * 300
    parts = cut(words, max(limit, 5))
    assert all(size(part) <= max(limit, 5) for part in parts)
    assert "".join("".join(parts).split()) == "".join(words.split())


def test_a_label_is_one_line() -> None:
    assert short("a\nb  c", 75) == "a b c"
    assert size(short("&" * 100, 75)) <= 75


FULL: dict[str, Answer] = {"level": "named", "name": HOSTILE, "kind": "idea", "sector": "health", "words": "x" * 5_000}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("answers", [{}, FULL], ids=["empty", "full"])
def test_every_page_of_every_form_is_a_modal(content: Content, language: str, answers: dict[str, Answer]) -> None:
    notes = (Text("**Note**"), Words("label", HOSTILE))
    for form in content.forms.values():
        for page in {one.page for one in form.questions}:
            asked = tuple(one for one in form.questions if one.page == page)
            shown = ShowForm(form.id, page, 3, form.title[language], asked, answers, language, notes, "someid")
            view = form_view(shown, words_in(language))
            assert check_view(view, "modal") == []
            assert json.loads(view["private_metadata"]) == {"form": form.id, "page": page, "draft": "someid"}
            inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
            assert inputs == [f"q:{one.id}" for one in asked]
            assert any(block["type"] == "actions" for block in view["blocks"]) == (page > 1)


@pytest.mark.parametrize("language", load_words())
def test_the_other_views(language: str) -> None:
    words = words_in(language)
    assert check_view(ask_view(words), "modal") == []
    assert check_view(home_view(words, "/union"), "home") == []
    assert check_view(home_view(words, "/union", questions_only=True), "home") == []
    for name, reply in REPLIES.items():
        view = reply_view(reply, words)
        assert (view is None) == (name == "many blocks")
        assert view is None or check_view(view, "modal") == []
