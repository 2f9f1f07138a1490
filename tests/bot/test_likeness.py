"""Grouping of questions: the same asked in other words comes together, the rest stays apart."""

import pytest

from bot.content import Content
from bot.faq.encoder import DEFAULT_FOLDER, MINILM_FOLDER, Encoder
from bot.likeness import alike

GROUPS = [
    [
        "Is there parking at the training center?",
        "where can i park when I come to the training",
        "can you park at the training center",
    ],
    [
        "Will the dispatch software be used to set our overtime?",
        "is the dispatch program going to decide overtime",
    ],
    ["Who picks the members of the AI committee?", "how are the people on the AI committee chosen"],
    ["Do retirees get a say in this?", "can retired members take part in this?"],
    ["Does the new camera record sound?"],
    ["¿Puedo llevar a mi hijo a la reunión?", "se pueden llevar niños a la reunión?"],
    ["What happens to my seniority if my route is cut?"],
]


@pytest.fixture(scope="module")
def unrelated() -> list[str]:
    from bot.content import load

    return [next(iter(found.values())).question for found in list(load(example=True).entries.values())[:40]]


def test_the_same_in_other_words_comes_together(unrelated: list[str], content: Content) -> None:
    texts = [text for group in GROUPS for text in group]
    mixed = texts[::2] + texts[1::2]
    told: list[tuple[int, int]] = []
    found = alike(mixed, unrelated, Encoder(DEFAULT_FOLDER).encode, lambda done, count: told.append((done, count)))
    assert sorted(sorted(mixed[one] for one in group) for group in found) == sorted(map(sorted, GROUPS))
    assert [len(group) for group in found] == sorted(map(len, GROUPS), reverse=True)
    assert told[-1] == (len(texts), len(texts))


def test_another_encoder_needs_no_tuning(unrelated: list[str]) -> None:
    texts = [text for group in GROUPS for text in group if text.isascii()]
    found = alike(texts, unrelated, Encoder(MINILM_FOLDER).encode, lambda done, count: None)
    wanted = [[text for text in group if text.isascii()] for group in GROUPS]
    assert sorted(sorted(texts[one] for one in group) for group in found) == sorted(
        sorted(one) for one in wanted if one
    )


def test_none_one_and_twice_the_same(unrelated: list[str]) -> None:
    encode = Encoder(DEFAULT_FOLDER).encode
    assert alike([], unrelated, encode, lambda done, count: None) == []
    assert alike(["¿?", "When?", " when"], unrelated, encode, lambda done, count: None) in (
        [[1, 2], [0]],
        [[2, 1], [0]],
    )
