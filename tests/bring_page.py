"""What the tests of the page of one's own data share: files for it."""

import io

from openpyxl import Workbook

from app.ui import bring_state, uploaded
from tests.app_pages import sound

HEAD = ("place", "indicator", "value", "unit", "period")
JINAN, SHENZHEN, MINHANG, SHANGHAI = "370100", "440300", "310112", "310000"
CSV = "text/csv"
SEGMENT = "ai_healthcare"
PAPERS = (JINAN, "ai_papers", 389, "篇", 2025)


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
