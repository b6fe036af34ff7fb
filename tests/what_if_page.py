"""What the tests of the page of scenarios share: opening it, and what it says."""

from streamlit.testing.v1 import AppTest

from app.ui import cache
from app.ui.what_if_state import Asked
from app.ui.words import words
from tests.lens_page import sound

ZH, EN = words("zh"), words("en")
JINAN, MINHANG, SHANGHAI = "370100", "310112", "310000"
CITY = {"segment": "ai_healthcare", "place": JINAN}
DISTRICT = {"segment": "drones", "level": "district", "place": MINHANG}


def show():
    from app.views import what_if

    what_if.page()


def opener(model, monkeypatch):
    """Return what opens the page with parameters in its URL, ``if_`` for ``if``."""
    monkeypatch.setattr(cache, "wait", lambda lang: model)

    def open_page(if_="", **params):
        test = AppTest.from_function(show, default_timeout=120)
        for name, value in {**params, **({"if": if_} if if_ else {})}.items():
            test.query_params[name] = value
        return sound(test.run())

    return open_page


def texts(page):
    kinds = (page.title, page.subheader, page.markdown, page.caption, page.warning)
    return [e.value for kind in (*kinds, page.info, page.error) for e in kind]


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
