"""Talk to the bot in a terminal or through a pipe, without any account."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TextIO

from adapters.terminal.parse import parse
from adapters.terminal.render import MARKS, Line, plain, render
from adapters.terminal.settings import TerminalSettings, words
from bot.events import AnyEvent
from bot.replies import Outcome, Reply, Secret
from bot.texts import Texts
from bot.vault import new_id

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

STYLES = {
    "words": "green",
    "choice": "",
    "source": "dim",
    "secret": "bold yellow",
    "commands": "dim",
    "text": "",
    "blank": "",
}
WIDEST = 88
PROMPT = "> "
ERASE = "\x1b[H\x1b[J"  # the screen, from its first line on: nothing is pushed into what was scrolled away
ERASE_ALL = ERASE + "\x1b[3J"  # also what was scrolled away


class TerminalAdapter:
    """bot.ports.Adapter for lines: a line in, an answer out; the end of input ends it."""

    def __init__(
        self,
        settings: TerminalSettings,
        forget: Callable[[str], Awaitable[None]],
        texts: Mapping[str, Texts],
        source: TextIO | None = None,
        target: TextIO | None = None,
    ) -> None:
        self.settings, self.forget, self.texts = settings, forget, texts
        self.source, self.target = source or sys.stdin, target or sys.stdout
        self.screen = self.source.isatty() and self.target.isatty()
        self.number = 0
        self.leaving = False
        self.early = ""  # typed before the bot had asked for it
        self.broken: BrokenPipeError | None = None
        self.reading: asyncio.Future[str] | None = None
        self.editor: PromptSession[str] | None = None

    async def connect(self) -> None:
        """Take a new session; on a shared computer also a new, random account."""
        self.session = new_id()
        self.account = new_id() if self.settings.shared else self.settings.member

    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None:
        """Until the end of input, or of the conversation. Raises BrokenPipeError once nobody reads the answers."""
        read = self._prompt() if self.screen else self._line
        try:
            while not self.leaving:
                try:
                    line = self.early or await self._read(read)
                except TimeoutError:
                    await self._next_member()
                    continue
                if line is None:
                    return
                self.early = ""
                self.number += 1
                await respond(
                    parse(
                        line,
                        number=self.number,
                        session=self.session,
                        account=self.account,
                        locale=self.settings.locale,
                        passing=self.settings.shared,
                    )
                )
                if self.broken:
                    raise self.broken
        finally:
            if self.settings.shared:
                await self._next_member()

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        """Raises BrokenPipeError when nobody reads any more."""
        self._show(render(outcome))
        if not isinstance(outcome, Reply):
            return
        if self.screen and any(isinstance(block, Secret) for block in outcome.blocks):
            question = words(self.texts, self.settings.locale, "written_down")
            try:
                line = await self._read(self._prompt(f"({question}) "))
            except TimeoutError:  # a hall's computer, and nobody there any more
                await self._next_member()
                return
            self.early = (line or "").strip()
            self._erase()
            self._show(render(outcome, hide_secret=True))
            if self.early:
                self.target.write(f"{PROMPT}{self.early}\n")
        if outcome.clear:
            if self.settings.shared:
                await self._next_member()
            else:
                self.leaving = True

    async def _read(self, read: Callable[[], Awaitable[str | None]]) -> str | None:
        if not self.settings.shared:
            return await read()
        return await asyncio.wait_for(read(), self.settings.idle_seconds)

    async def _line(self) -> str | None:
        """The next line; one read that outlives a time limit, so that the line it then gets is not lost."""
        self.reading = self.reading or asyncio.ensure_future(asyncio.to_thread(self.source.readline))
        line = await asyncio.shield(self.reading)
        self.reading = None
        return line or None

    def _prompt(self, words: str = PROMPT) -> Callable[[], Awaitable[str | None]]:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory

        async def read() -> str | None:
            self.editor = self.editor or PromptSession(history=InMemoryHistory())
            try:
                return await self.editor.prompt_async(words)
            except (EOFError, KeyboardInterrupt):
                return None

        return read

    async def _next_member(self) -> None:
        """Forget this member on a shared computer; the screen too."""
        await self.forget(self.account)
        if self.screen:
            self._erase()
            self.editor = None  # and its line history
        await self.connect()

    def _erase(self) -> None:
        self.target.write(ERASE_ALL if self.settings.shared else ERASE)
        self.target.flush()

    def _show(self, lines: list[Line]) -> None:
        try:
            if self.screen:
                self._show_on_screen(lines)
            else:
                self.target.write("\n".join(plain(lines)) + "\n\n")
            self.target.flush()
        except BrokenPipeError as problem:
            self.broken = problem
            raise

    def _show_on_screen(self, lines: list[Line]) -> None:
        from rich.console import Console
        from rich.text import Text as Styled

        console = Console(file=self.target, highlight=False)
        console.width = min(console.width, WIDEST)
        for line in lines:
            styled = Styled(style=STYLES[line.style])
            if line.style == "words":
                styled.append(line.text)
            else:
                place = 0
                for found in MARKS.finditer(line.text):
                    styled.append(line.text[place : found.start()])
                    styled.append(found[1] or found[2], style="bold" if found[1] else "italic")
                    place = found.end()
                styled.append(line.text[place:])
            console.print(styled)
        console.print()
