"""Writes HTML: whatever is not markup already is escaped when it is put into an element."""

import html

VOID = ("meta", "rect", "line")


class Html(str):
    """Markup. Only `element` and `joined` make it, and `raw` from this package's own files."""

    __slots__ = ()


def raw(text: str) -> Html:
    """Text of this program's own, trusted as markup."""
    return Html(text)


def joined(*parts: str) -> Html:
    return Html("".join(part if isinstance(part, Html) else html.escape(part) for part in parts))


def element(name: str, /, *parts: str, **attributes: object) -> Html:
    """`<name key="value">parts</name>`. class_ is class, aria_label is aria-label; None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{written}>" if name == "meta" else f"<{name}{written}/>")
    return Html(f"<{name}{written}>{joined(*parts)}</{name}>")
