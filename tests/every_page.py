"""What is looked for on every page: requests, words, glyphs, names, room, contrast."""

import contextlib
import re
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError

from app.ui.words import words
from tests.browsing import opened, settle

WIDE = {"width": 1366, "height": 900}
# A phone, and an ordinary screen at twice the size.
NARROW = ({"width": 390, "height": 844}, {"width": 683, "height": 384})

# Streamlit asks for these below the page's address first, then at the root.
ITS_OWN = r"/_stcore/(health|host-config)"

# English that stands in a Chinese page, and why.
ENGLISH = {
    "Upload": "the button of Streamlit's upload field, which takes no words of ours",
    "MB per file": "the same",
    "Skip to main content": "Streamlit's link, seen only by those who press Tab",
    "whole list": "a locator in a source, written by model/evidence.py",
    "not named": "the same",
}

# What Streamlit itself gets wrong: rule -> part of the element, and why it stands.
STREAMLIT = {
    "presentation-role-conflict": (
        "stFileUploaderDropzone",
        "the drop zone is named and presentational at once; its button is neither",
    ),
    "svg-img-alt": ("_brush", "Vega-Lite's rectangle of a brush takes no name"),
}

HAN = re.compile(r"[\u3007\u3400-\u9fff]+")
# A letter by itself is a grade or a name in any language.
LATIN = re.compile(r"[A-Za-z]{2,}(?:[ '’-][A-Za-z]+)*")

# The cells of a table stand inside its canvas, where nothing counts as visible.
SHOWN = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const left = "script, style, noscript, [translate=no]";
  while (texts.nextNode()) {
    const text = texts.currentNode, holder = text.parentElement;
    if (holder.closest(left)) continue;
    if (holder.closest("canvas") || holder.checkVisibility())
      found.push(text.nodeValue.trim());
  }
  for (const box of document.querySelectorAll("input, textarea"))
    found.push(box.value || box.placeholder);
  for (const named of document.querySelectorAll(
    "[data-testid=stDataFrameResizable], [data-testid=stVegaLiteChart]"))
    found.push(named.getAttribute("aria-label") ?? "");
  return [...new Set(found)].filter(text => text);
}"""
UNNAMED = """() => [...document.querySelectorAll(
    "[data-testid=stDataFrameResizable], [data-testid=stVegaLiteChart],"
    + "[data-testid=stTable]")]
  .filter(one => one.checkVisibility() && !one.getAttribute("aria-label")?.trim())
  .map(one => one.dataset.testid + ": " + one.textContent.slice(0, 60))"""
OPEN_ALL = """() => {
  for (const shut of document.querySelectorAll("details:not([open]) > summary"))
    shut.click();
  for (const tabs of document.querySelectorAll("[role=tablist]"))
    tabs.querySelector("[role=tab]:last-of-type")?.click();
}"""
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll(
    "[data-testid=stMain]")]
  .filter(one => one.scrollWidth > window.innerWidth)
  .map(one => `${one.tagName} is ${one.scrollWidth} wide`)"""

# Where the keyboard is: in the menu, on the language switch, on a control below.
WHERE = """() => {
  const at = document.activeElement;
  if (at.closest(".st-key-menu")) return "menu";
  if (at.closest(".st-key-lang")) return "switch";
  const control = at.matches("input, button, a, textarea, summary, canvas");
  return control && at.closest("[data-testid=stMain]") ? "control" : "";
}"""
# Streamlit marks some of its fields on a box around what has the keyboard.
FOCUS_SHOWS = """async () => {
  const at = document.activeElement;
  const frame = () => new Promise(requestAnimationFrame);
  const look = () => {
    document.getAnimations().forEach(one => one.playState === "running"
      && one.effect.getComputedTiming().iterations === 1 && one.finish());
    const looks = [];
    for (let box = at, up = 0; box && up < 4; box = box.parentElement, up++) {
      const style = getComputedStyle(box);
      looks.push(style.outline, style.boxShadow, style.borderColor);
    }
    return looks.join();
  };
  await frame(); await frame();
  const focused = look();
  at.blur();
  let shows = false;
  for (let turn = 0; turn < 60 && !shows; turn++) {
    await frame();
    shows = look() !== focused;
  }
  at.focus();
  return shows;
}"""


class Seen:
    """What a page asked for and complained of."""

    def __init__(self):
        self.asked, self.kinds, self.errors = [], set(), []

    def request(self, request):
        self.asked.append(request.url)
        self.kinds.add(request.resource_type)

    def console(self, message):
        path = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not re.fullmatch(rf"/[\w-]+{ITS_OWN}", path):
            self.errors.append(f"{message.text} ({path})")

    def outside(self, server):
        """Return the addresses of other hosts."""
        return [
            url
            for url in self.asked
            if urlsplit(url).scheme not in ("data", "blob", "about")
            and urlsplit(url).netloc != urlsplit(server).netloc
        ]


@contextlib.contextmanager
def watched(context):
    """Open a page whose requests and complaints are all recorded."""
    page, seen = context.new_page(), Seen()
    page.on("request", seen.request)
    page.on("websocket", lambda opened: seen.asked.append(opened.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", seen.console)
    page.set_viewport_size(WIDE)
    yield page, seen
    page.close()


def open_all(page, address):
    """Visit an address and open all that can be opened there."""
    page.goto(address)
    opened(page, timeout=300_000)
    page.evaluate(OPEN_ALL)
    settle(page)


class Speech:
    """Which texts a page in one language may hold."""

    def __init__(self, lang, facts, *more):
        other = "zh" if lang == "en" else "en"
        ours, self.others = (set(words(name).values()) for name in (lang, other))
        self.script = HAN if lang == "en" else LATIN
        self.fine = ours | _texts(facts, lang) | set(more)
        self.all = "\n".join(self.fine)

    def leftovers(self, texts):
        """Return the texts that speak another language.

        Fine is what the facts have so, and what our own words of the language do;
        not what is one of our words of the other language, whoever else says it.
        """
        return [text for text in texts if self._strange(text)]

    def _strange(self, text):
        runs = [run for run in self.script.findall(text) if run not in ENGLISH]
        if any(run not in self.all for run in runs):
            return True
        return bool(runs) and text in self.others and text not in self.fine


def _texts(facts, lang):
    """Return the texts of the facts; for English those that are not in English."""
    found = set()
    for table in facts.tables.values():
        for name in table:
            if name.endswith("_en"):
                continue
            texts = table[name][[isinstance(one, str) for one in table[name]]]
            twin = name.removesuffix("_zh") + "_en"
            if lang == "en" and twin in table:
                texts = texts[table[twin].reindex(texts.index) == ""]
            found |= set(texts)
    return found


def shown(page):
    """Return every text that can be read on a page, and the names of its pictures."""
    return page.evaluate(SHOWN)


def unnamed(page):
    """Return the charts and tables that no screen reader could name."""
    return page.evaluate(UNNAMED)


def fonts(page, selector):
    """Return the names of the fonts that an element's glyphs are drawn with."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    asked = {"nodeId": root, "selector": selector}
    node = session.send("DOM.querySelector", asked)["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    session.detach()
    return [font["familyName"] for font in used if font["glyphCount"]]


def too_wide(page):
    """Return what scrolls sideways on narrow screens."""
    found = []
    for size in NARROW:
        page.set_viewport_size(size)
        with contextlib.suppress(TimeoutError):
            # Charts and tables are drawn anew a moment after.
            page.wait_for_function(f"() => !({TOO_WIDE})().length", timeout=5_000)
        found += [f"at {size['width']}: {what}" for what in page.evaluate(TOO_WIDE)]
    return found


def violations(axe, page, *rules):
    """Return what axe finds against us, in light and in dark."""
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        settle(page)
        for broken in axe.run(page, options=options).response["violations"]:
            part, _ = STREAMLIT.get(broken["id"], (None, ""))
            found += [
                f"{scheme} {broken['id']}: {node['target'][0]} {node['html'][:120]}"
                for node in broken["nodes"]
                if part is None or part not in node["html"]
            ]
    return found
