"""Long texts in messages of at most 2,000 characters, cut where it hurts least."""

LONGEST = 2000  # UTF-16 units, the strictest way to count


def split(chunks: list[str], longest: int = LONGEST) -> list[str]:
    """Chunks are paragraphs, kept whole where they fit; joined by an empty line as long as they fit together."""
    parts: list[str] = []
    for chunk in chunks:
        if parts and units(parts[-1]) + 2 + units(chunk) <= longest:
            parts[-1] += "\n\n" + chunk
            continue
        *full, rest = cut(chunk, longest)
        parts += [*full, rest]
    return parts


def cut(text: str, longest: int) -> list[str]:
    """Pieces of one text: at a line's end, else at a blank, else anywhere but within an escape."""
    pieces = []
    while units(text) > longest:
        room = fitting(text, longest)
        place = max(text.rfind("\n", 1, room), -1)
        if place < room // 2:
            place = max(place, text.rfind(" ", room // 2, room))
        if place <= 0:
            place = room
            while place > 1 and trailing_backslashes(text[:place]) % 2:
                place -= 1
        pieces.append(text[:place].rstrip() or "…")
        text = text[place:].lstrip(" \n") if text[place : place + 1] in (" ", "\n") else text[place:]
    return [*pieces, text] if text or not pieces else pieces


def fitting(text: str, longest: int) -> int:
    """How many characters from the start fit."""
    room = min(len(text), longest)
    while units(text[:room]) > longest:
        room -= max(1, (units(text[:room]) - longest) // 2)
    return room


def trailing_backslashes(text: str) -> int:
    return len(text) - len(text.rstrip("\\"))


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
