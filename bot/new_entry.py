"""Writes the file of a new answer, for staff to fill in; the bot does not start before that is done."""

import pathlib
import re
from collections.abc import Sequence

from bot.content import FOLDER
from bot.errors import ContentError, Refused
from bot.phrasing_check import fewest_phrasings

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_ID = 60
TEMPLATE = """+++
# A new answer in this language: {language}. Write into each "" below; what is still empty stops the bot from starting.
# Then look it through with: ./run content check

# The question as a button shows it: 75 characters at most, in plain words.
question = ""

# How members would ask it: at least {fewest}, one a line, each really different. Full questions, two or three words,
# slang, typing mistakes, and short stories in which the question is only implied. None that another answer fits too.
phrasings = [
  "",
]

# Two dates without quotes, such as 2026-11-25: the day up to which the facts are good, and when to check them again.
as_of = ""
review_by = ""

# Two or three ids (file names without .md) of answers to go on with: related = ["talk-to-a-person"]
related = []

# Where it was read, a [[sources]] block for each source. Give a url only where members may follow it.
[[sources]]
publisher = ""
title = ""
date = ""
# url = "https://..."

# Below the next line comes the answer, in fewer than 120 words: first the direct answer, then what to do next.
# Short sentences and plain words; paragraphs, "- " for a list, **bold**. Each figure and date needs a source above.
# What only your union knows goes on a line of its own, such as {{{{steward}}}}; the keys are in union.toml.
+++
"""


def known_languages(overlay: pathlib.Path | None, *, folder: pathlib.Path = FOLDER) -> tuple[str, ...]:
    """The languages that the bot speaks, also while the content does not load."""
    roots = (folder, overlay) if overlay else (folder,)
    return tuple(dict.fromkeys(path.stem for root in roots for path in sorted((root / "texts").glob("*.toml"))))


def new_entry(root: pathlib.Path, topic: str, languages: Sequence[str]) -> list[pathlib.Path]:
    """Write the files and return them. Raises Refused, and writes nothing, where one of them is there already."""
    if not ID.fullmatch(topic) or len(topic) > LONGEST_ID:
        raise Refused(
            f"{topic} cannot be an id; use small letters, digits and single hyphens, {LONGEST_ID} characters at most: "
            "strike-kitchen"
        )
    if not root.is_dir():
        raise ContentError(f"{root}: CONTENT_DIR is not a folder")
    paths = [root / "faq" / language / f"{topic}.md" for language in languages]
    for path in paths:
        if path.exists():
            raise Refused(f"{path} is there already, and was left as it is; open it, or choose another id.")
    for path, language in zip(paths, languages, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(language=language, fewest=fewest_phrasings(language)))
    return paths
