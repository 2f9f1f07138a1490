"""How members name a choice: what is understood, and what is not taken for one."""

import pytest

from bot.content import Content
from bot.forms import Question

PICKED = [
    ("part", "no", None),
    ("part", "not sure", "unsure"),
    ("part", "no sé", "unsure"),
    ("part", "No se.", "unsure"),
    ("part", "idk", "unsure"),
    ("part", "I don’t know", "unsure"),
    ("part", "ni idea", "unsure"),
    ("part", "none", "people"),
    ("part", "no AI", "people"),
    ("part", "Nada", "people"),
    ("part", "leave it to people", "people"),
    ("part", "act after my yes", "after_yes"),
    ("part", "act only after yes", "after_yes"),
    ("part", "solo si digo que sí", "after_yes"),
    ("part", "yes", None),
    ("part", "what is my part?", None),
    ("sharing", "no", "no"),
    ("sharing", "No.", "no"),
    ("sharing", "nope", "no"),
    ("sharing", "sí", "yes"),
    ("sharing", "yep", "yes"),
    ("sharing", "yup", "yes"),
    ("sharing", "simon", "yes"),
    ("sharing", "si, claro", "yes"),
    ("sharing", "ok", None),
    ("sharing", "share it", "yes"),
    ("sharing", "don't share it", "no"),
    ("sharing", "do I have to share it", None),
    ("contact", "yes", "yes"),
    ("contact", "yea", "yes"),
    ("contact", "sip", "yes"),
    ("contact", "si claro", "yes"),
    ("contact", "no", "no"),
    ("level", "confidental", "confidential"),
    ("level", "annonymous", "anonymous"),
    ("level", "anonimous", "anonymous"),
    ("level", "confid", "confidential"),
    ("level", "unnamed", None),
    ("level", "not anonymous", None),
    ("kind", "idea", "idea"),
    ("kind", "no idea", None),
    ("kind", "una preocupación", "concern"),
    ("sector", "health", "health"),
    ("effects", "health and safety", "safety"),
    ("effects", "saftey", "safety"),
    ("effects", "pay or skills", None),
]


@pytest.mark.parametrize(("question", "said", "code"), PICKED)
def test_a_choice_in_a_members_words(content: Content, question: str, said: str, code: str | None) -> None:
    assert content.forms["ai-at-work"][question].pick(said) == code


def test_no_two_options_share_a_name(content: Content) -> None:
    for form in content.forms.values():
        for question in form.questions:
            ways = [way for option in question.options for way in option.ways]
            assert len(ways) == len(set(ways)), question.id


@pytest.mark.parametrize("said", ["a," * 20_000, "time," * 20_000, "a" * 40_000])
def test_a_long_list_is_refused_before_it_is_read(content: Content, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    pick = Question.pick

    def look(question: Question, part: str) -> str | None:
        read.append(part)
        return pick(question, part)

    monkeypatch.setattr(Question, "pick", look)
    with pytest.raises(ValueError, match="not_choices"):
        content.forms["ai-at-work"]["effects"].parse(said)
    assert len(read) <= 20
    assert len("".join(read)) <= 2000
