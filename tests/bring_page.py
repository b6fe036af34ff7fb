"""What the tests of the page of one's own data share: opening it, and files for it."""

import io

from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from app.ui import bring_state, cache, uploaded
from tests.lens_page import sound

HEAD = ("place", "indicator", "value", "unit", "period")
JINAN, SHENZHEN, MINHANG, SHANGHAI = "370100", "440300", "310112", "310000"
CSV = "text/csv"
SEGMENT = "ai_healthcare"
PAPERS = (JINAN, "ai_papers", 389, "篇", 2025)


def show():
    from app.views import bring

    bring.page()


def opener(model, monkeypatch):
    """Return what opens the page in a visit of its own."""
    monkeypatch.setattr(cache, "wait", lambda lang: model)

    def open_page(**params):
        test = AppTest.from_function(show, default_timeout=180)
        for name, value in params.items():
            test.query_params[name] = value
        return sound(test.run())

    return open_page


def csv(*rows, head=HEAD):
    lines = [",".join(map(str, row)) for row in (head, *rows)]
    return ("\n".join(lines) + "\n").encode()


def xlsx(*rows, head=HEAD):
    book = Workbook()
    for row in (head, *rows):
        book.worksheets[0].append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bring(page, content, name="新数字.csv"):
    """Open a file on the page."""
    return sound(page.file_uploader[0].upload(name, content, CSV).run())


def read(model, content, name="a.csv"):
    return uploaded.figures(model.facts, name, content)


def brought(model, *rows):
    """What the page holds of a file."""
    return bring_state.brought(model, "a.csv", read(model, csv(*rows)))
