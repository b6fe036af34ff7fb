"""What the tests of the app's pages share: opening one, and reading it."""

from streamlit.testing.v1 import AppTest

from app.ui import cache

SECONDS = 180


def opened(page, /, **params):
    """Draw a page with parameters in its URL, in a visit of its own.

    Parameters
    ----------
    page : str or callable
        A view's name, or a function that draws; only its source counts.
    **params
        In the URL.
    """
    if isinstance(page, str):
        script = f"from app.views import {page}\n{page}.page()"
        test = AppTest.from_string(script, default_timeout=SECONDS)
    else:
        test = AppTest.from_function(page, default_timeout=SECONDS)
    return turn(test, **params)


def opener(page, model, monkeypatch, /, **always):
    """Return what draws a page of a model; some parameters are in every URL."""
    monkeypatch.setattr(cache, "wait", lambda lang: model)
    return lambda **params: opened(page, **{**always, **params})


def turn(page, /, **params):
    """Go to another page, place or language in the same visit."""
    for name, value in params.items():
        page.query_params[name] = value
    return sound(page.run())


def sound(page):
    assert not page.exception
    return page


def asked(page):
    """The parameters of the URL."""
    return {
        name: value[-1] if isinstance(value, list) else value
        for name, value in page.query_params.items()
    }


def texts(page):
    """What the page says beside its tables and the labels of its controls."""
    kinds = (page.title, page.header, page.subheader, page.markdown, page.caption)
    kinds += (page.warning, page.info, page.error)
    return [element.value for kind in kinds for element in kind]


def table_of(page, heading):
    """The first table with a heading."""
    return next(one.value for one in page.dataframe if heading in one.value)
