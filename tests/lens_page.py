"""What the tests of the page of one's own lens share: opening it, and its URL."""

from streamlit.testing.v1 import AppTest

from app.ui import cache


def show():
    from app.views import my_lens

    my_lens.page()


def opener(model, monkeypatch):
    """Return what opens the page of a model with some parameters in its URL."""
    monkeypatch.setattr(cache, "wait", lambda lang: model)

    def open_page(**params):
        test = AppTest.from_function(show, default_timeout=120)
        for name, value in params.items():
            test.query_params[name] = value
        return sound(test.run())

    return open_page


def sound(page):
    assert not page.exception
    return page


def asked(page):
    """The parameters of the URL."""
    return {
        name: value[-1] if isinstance(value, list) else value
        for name, value in page.query_params.items()
    }
