"""Words as Slack counts and reads them: escaped, measured, cut, and approved Markdown as mrkdwn."""

import re

MARKS = re.compile(r"\*\*(.+?)\*\*|(?<!\*)\*([^*\s][^*]*)\*")
TOKEN = re.compile(r"<([^<>]+)>")  # a link, a mention
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
CONTROL = str.maketrans(ESCAPES)


def escape(words: str) -> str:
    """So written, words mention, link and command nothing."""
    return words.translate(CONTROL)


def unescape(words: str) -> str:
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def weight(character: str) -> int:
    """How much of a limit a character takes, at most: escaped, and in UTF-16."""
    return len(ESCAPES.get(character, "")) or (2 if character > "\uffff" else 1)


def size(words: str) -> int:
    return sum(map(weight, words))


def fitting(words: str, limit: int) -> int:
    """How many characters from the start fit."""
    taken = 0
    for place, character in enumerate(words):
        taken += weight(character)
        if taken > limit:
            return place
    return len(words)


def cut(words: str, limit: int) -> list[str]:
    """Parts that fit, whole paragraphs, lines or words where that is possible; together they say all of it."""
    parts = []
    while (end := fitting(words, limit)) < len(words):
        for mark in ("\n\n", "\n", " "):
            place = words.rfind(mark, end // 2, end)
            if place > 0:
                end = place + len(mark)
                break
        parts.append(words[:end].rstrip("\n "))
        words = words[end:]
    return [part for part in [*parts, words] if part] or [""]


def short(words: str, limit: int) -> str:
    """One line that fits; "…" where its end is missing."""
    words = " ".join(words.split())
    return words if size(words) <= limit else words[: fitting(words, limit - 1)].rstrip() + "…"


def mrkdwn(markdown: str) -> str:
    """Approved words with **bold**, *italic* and `- ` lists."""
    lines = ["• " + line[2:] if line.startswith("- ") else line for line in escape(markdown).split("\n")]
    return MARKS.sub(lambda found: f"*{found[1]}*" if found[1] else f"_{found[2]}_", "\n".join(lines))


def plain(markdown: str) -> str:
    """The same without marks."""
    return MARKS.sub(r"\1\2", markdown)


def plain_words(text: str, bot: str = "") -> str:
    """What a member wrote, as they saw it: mentions of the bot gone, links and names as text, escapes undone."""
    text = TOKEN.sub(lambda found: meant(found[1], bot), text)
    return unescape(text).strip()


def meant(token: str, bot: str) -> str:
    """What Slack shows for <...>; nobody's user id stays in the words."""
    head, _, label = token.partition("|")
    if head.startswith("@"):
        return "" if head[1:] == bot else "@" + (label or "…")
    if head.startswith("#"):
        return "#" + (label or "…")
    if head.startswith("!"):
        return label or "@" + head[1:].split("^", 1)[0]
    if label and label not in head:
        return f"{label} ({head})"
    return label or head
