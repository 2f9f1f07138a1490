"""The page in Debian's Chromium: phone and desk, light and dark, keyboard, printer, axe."""

import pathlib
import re
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from bot.content import Content
from bot.report.page import page
from bot.report.words import Words
from tests.report.seeding import counted

pytestmark = pytest.mark.browser
PHONE, DESK, NARROW = (390, 844), (1280, 900), (320, 640)
EVERY_RULE = {"resultTypes": ["violations", "incomplete"]}
FOCUSED = "document.activeElement.getAttribute('href')"
OUTSIDE = """[...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect();
    return !one.matches('.skip') && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.outerHTML.slice(0, 80))"""
OVERLAPPING = """[...document.querySelectorAll('svg')].flatMap(chart => {
    const boxes = [...chart.querySelectorAll('text')].map(one => one.getBoundingClientRect());
    return boxes.filter((a, i) => boxes.some((b, j) => i < j
        && a.left < b.right && b.left < a.right && a.top + 3 < b.bottom - 3 && b.top + 3 < a.bottom - 3));
}).length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Debian's chromium is missing: apt-get install chromium (or leave it out: ./run test --no-browser)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["en", "es"])
def report(request: pytest.FixtureRequest, content: Content, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    form = content.forms["ai-at-work"]
    file = tmp_path_factory.mktemp("report") / "report.html"
    months = counted(form, "2026-06", "2026-10")
    file.write_text(page(months, Words(content, form, request.param)), encoding="utf-8")
    return file


def shown(
    browser: Browser, report: pathlib.Path, size: tuple[int, int], scheme: str = "light"
) -> tuple[Page, list[str]]:
    """The open page, and the list to which each request, console message and error is added."""
    width, height = size
    # axe is run inside the page, which allows no script at all
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    tab = context.new_page()
    seen: list[str] = []
    tab.on("request", lambda request: seen.append(request.url))
    tab.on("console", lambda message: seen.append(message.text))
    tab.on("pageerror", lambda error: seen.append(str(error)))
    tab.goto(report.as_uri())
    return tab, seen


def color(tab: Page, selector: str, style: str) -> list[int]:
    found = tab.evaluate(
        "([selector, style]) => getComputedStyle(document.querySelector(selector))[style]", [selector, style]
    )
    return [int(part) for part in re.findall(r"\d+", found)[:3]]


def contrast(one: list[int], other: list[int]) -> float:
    """As WCAG 2.2 defines it."""
    low, high = sorted(luminance(color) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(color: list[int]) -> float:
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK, NARROW])
def test_nothing_is_cut_off_and_axe_finds_nothing(
    browser: Browser, report: pathlib.Path, size: tuple[int, int], scheme: str
) -> None:
    tab, seen = shown(browser, report, size, scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") == size[0]
    assert tab.evaluate(OUTSIDE) == []
    assert tab.evaluate(OVERLAPPING) == 0
    found = Axe().run(tab, options=EVERY_RULE)
    assert found.violations_count == 0, found.generate_report()
    unsure = [node["html"] for one in found.response["incomplete"] for node in one["nodes"]]
    assert [node for node in unsure if not node.startswith("<text")] == []  # of charts' text it cannot tell the ground
    paper = color(tab, "body", "backgroundColor")
    for mark, least in ((".chart text", 4.5), (".chart .withheld", 4.5), (".bar", 3)):
        assert contrast(color(tab, mark, "fill"), paper) >= least
    assert seen == [report.as_uri()]
    tab.context.close()


def test_axe_finds_what_is_wrong_on_a_page(browser: Browser, report: pathlib.Path) -> None:
    tab, _ = shown(browser, report, PHONE)
    tab.evaluate("document.documentElement.removeAttribute('lang')")
    tab.evaluate("document.querySelector('.about').style.color = '#bbbbbb'")
    found = {one["id"] for one in Axe().run(tab).response["violations"]}
    assert found == {"html-has-lang", "color-contrast"}
    tab.context.close()


def test_the_page_runs_no_script_and_loads_nothing(
    browser: Browser, report: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """Even if a label broke out: the page's own policy stops it. Its style is not stopped."""
    broken = tmp_path / "broken.html"
    intruder = '<script>document.title = "run"</script><img src="https://example.org/x" onerror="document.title = 1">'
    broken.write_text(report.read_text(encoding="utf-8").replace("<main", intruder + "<main"), encoding="utf-8")
    context = browser.new_context()
    tab = context.new_page()
    seen: list[str] = []
    tab.on("response", lambda response: seen.append(response.url))
    tab.on("requestfailed", lambda request: seen.append(f"{request.url} {request.failure}"))
    tab.goto(broken.as_uri(), wait_until="networkidle")
    assert "2026" in tab.title()
    assert sorted(seen) == [broken.as_uri(), "https://example.org/x csp"]
    assert tab.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "600"
    context.close()


def test_the_keyboard_goes_from_the_skip_link_through_the_contents(browser: Browser, report: pathlib.Path) -> None:
    tab, _ = shown(browser, report, DESK)
    order = []
    for _ in range(6):
        tab.keyboard.press("Tab")
        order.append(tab.evaluate(FOCUSED))
    assert order == ["#main", "#items", "#outcomes", "#questions", "#all", "#reading"]
    tab.reload()
    tab.keyboard.press("Tab")
    assert tab.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.context.close()


def test_a_screen_reader_hears_headings_messages_and_tables_and_no_chart(
    browser: Browser, report: pathlib.Path
) -> None:
    tab, _ = shown(browser, report, DESK)
    heard = tab.locator("body").aria_snapshot()
    for role in ("banner", "navigation", "main", "contentinfo", "table", "rowheader", "columnheader", "heading"):
        assert f"- {role}" in heard
    assert "- img" not in heard
    assert len(re.findall(r"- table ", heard)) == tab.locator("svg").count()
    tab.context.close()


def test_it_prints_in_black_on_white(browser: Browser, report: pathlib.Path) -> None:
    tab, _ = shown(browser, report, DESK, "dark")
    printed = tab.pdf(format="Letter", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 10
    tab.emulate_media(media="print")
    colors = tab.evaluate("(style => [style.color, style.backgroundColor])(getComputedStyle(document.body))")
    assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert not tab.locator("nav").is_visible()
    tab.context.close()
