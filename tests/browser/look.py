"""Looks at report pages as people do: on a desk, on a phone, in the dark, on paper, with the keyboard, without scripts.

Usage: look.py FOLDER NAME...; each NAME.html in the folder is looked at, screenshots and PDF are left beside it.
"""

import pathlib
import re
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError, sync_playwright

ARGUMENTS = [
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
SCREENS = {"desk": (1280, "light"), "dark": (1280, "dark"), "tablet": (768, "light"), "phone": (320, "light")}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

problems = []


def expect(holds, what):
    if not holds:
        problems.append(what)


def opened(browser, page_file, width=1280, scheme="light", scripts=True):
    """The page, and everything that the browser complained of."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts,
    )
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append("a dialog opened"), dialog.dismiss()))
    page.on("request", lambda request: said.append(f"it asked for {request.url[:80]}") if not request.url.startswith(("file:", "data:")) else None)
    page.goto(page_file.as_uri())
    return page, said


def look(browser, folder, name):
    file = folder / f"{name}.html"
    source = file.read_text()
    expect("<script" not in source.lower().replace("&lt;script", ""), f"{name}: there is a script")

    for screen, (width, scheme) in SCREENS.items():
        page, said = opened(browser, file, width, scheme)
        where = f"{name} on {screen}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        expect(wide <= width, f"{where}: {wide} pixels wide")
        picture = page.screenshot(path=folder / f"{name}-{screen}.png", full_page=True)
        expect(len(picture) > 40_000, f"{where}: the screenshot is nearly empty ({len(picture)} bytes)")
        small = page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.childElementCount == 0 && e.textContent.trim()"
            " && e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 11)"
            ".map(e => e.outerHTML.slice(0, 80))"
        )
        expect(not small, f"{where}: too small to read: {small[:3]}")
        for found in Axe().run(page, options=RULES).response["violations"]:
            nodes = [node["html"][:100] for node in found["nodes"][:3]]
            expect(False, f"{where}: {found['id']} ({found['impact']}): {found['help']}: {nodes}")
        expect(not said, f"{where}: the browser said {said[:3]}")
        page.context.close()

    keyboard(browser, file, name)

    page, _ = opened(browser, file)
    with_scripts = page.inner_text("body")
    page.emulate_media(media="print")
    expect(not page.locator("nav").is_visible(), f"{name}: the menu is printed")
    cut = page.evaluate(
        "[...document.querySelectorAll('.wide')].filter(e => getComputedStyle(e).overflowX != 'visible').length"
    )
    expect(cut == 0, f"{name}: {cut} tables are cut off on paper")
    paper = page.pdf(path=folder / f"{name}.pdf", format="A4")
    pages = len(re.findall(rb"/Type\s*/Page[^s]", paper))
    expect(pages >= 2, f"{name}: {pages} sheets of paper")
    page.context.close()

    page, said = opened(browser, file, scripts=False)
    expect(page.locator("body").inner_text() == with_scripts, f"{name}: reads otherwise without scripts")
    for part in ["Summary", "How data flows", "Findings", "Sign-off", "Signature"]:
        expect(part in with_scripts, f"{name}: {part} is missing")
    digest = re.search(r"\b[0-9a-f]{64}\b", with_scripts)
    expect(digest, f"{name}: no SHA-256 of the rules")
    page.context.close()
    print(f"{name}: {len(SCREENS)} screens, {pages} sheets of paper, {len(with_scripts)} characters")


def keyboard(browser, file, name):
    """Tab reaches everything that can be used, in order, and one sees where one is."""
    page, _ = opened(browser, file)
    expected = page.evaluate("document.querySelectorAll('a[href], [tabindex=\"0\"]').length")
    reached = []
    for _ in range(expected):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();"
            " return [e.outerHTML.slice(0, 80), s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 2, r.width > 0 && r.right > 0]; })()"
        ))
    names = [it[0] for it in reached]
    expect(len(reached) == expected and "skip" in names[0], f"{name}: the first stop is {names[:1]}")
    expect(all(it[1] for it in reached), f"{name}: no outline at {[it[0] for it in reached if not it[1]][:3]}")
    expect(all(it[2] for it in reached), f"{name}: out of sight: {[it[0] for it in reached if not it[2]][:3]}")
    page.context.close()
    page, _ = opened(browser, file)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    try:
        page.wait_for_url("**#summary", timeout=5_000)
    except TimeoutError:
        expect(False, f"{name}: the first link leads to {page.url[-20:]}")
    broken = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].filter(e => !document.getElementById(e.hash.slice(1))).map(e => e.hash)"
    )
    expect(not broken, f"{name}: links to nowhere: {broken[:3]}")
    page.context.close()


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS, chromium_sandbox=False,
        )
        for name in sys.argv[2:]:
            look(browser, folder, name)
        browser.close()
    for problem in problems:
        print(f"  {problem}", file=sys.stderr)
    raise SystemExit(bool(problems))


main()
