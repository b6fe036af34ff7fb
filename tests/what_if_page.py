"""What the tests of the page of scenarios share: opening it, and what it says."""

from app.ui.what_if_state import Asked
from app.ui.words import words
from tests import app_pages

ZH, EN = words("zh"), words("en")
JINAN, MINHANG, SHANGHAI = "370100", "310112", "310000"
CITY = {"segment": "ai_healthcare", "place": JINAN}
DISTRICT = {"segment": "drones", "level": "district", "place": MINHANG}


def opener(model, monkeypatch):
    """Return what opens the page; what is assumed, the URL's ``if``, comes first."""
    visit = app_pages.opener("what_if", model, monkeypatch)

    def open_page(assumed="", **params):
        return visit(**params, **({"if": assumed} if assumed else {}))

    return open_page


def labels(page):
    kinds = (page.selectbox, page.multiselect, page.button, page.number_input)
    more = (page.expander, page.download_button, page.file_uploader, page.metric)
    named = [e.label for kind in (*kinds, *more) for e in kind]
    chosen = [
        o
        for kind in (page.selectbox, page.multiselect)
        for e in kind
        for o in e.options
    ]
    return [*named, *chosen, *(m.delta for m in page.metric)]


def metrics(page, lang="zh"):
    """The numbers of the page by the key of their names."""
    named = {
        words(lang)["scenario.assumed_name"].format(
            name=words(lang)[f"scenario.col_{key}"]
        ): key
        for key in ("rank", "range", "score", "chance")
    }
    return {named[m.label]: (m.value, m.delta) for m in page.metric}


def scene(model, **params):
    """What the page would show of a place."""
    level = params.get("level", "city")
    city = SHANGHAI if level == "district" else ""
    place, segment = params["place"], params["segment"]
    return Asked(segment, level, place, city, False, "what_if", 10)
