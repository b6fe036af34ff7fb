"""Templates to fill in: a header, marked examples, and what each column means."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd

from data.importers import headings
from data.importers.cells import guard
from data.importers.grids import LEGEND
from data.rules import Context

_PATH = Path(__file__).resolve().parent / "templates.toml"
MARK = {
    "zh": ("备注", "示例，请删去这一行"),
    "en": ("remark", "example, delete this row"),
}
NEED = {"yes": ("必填", "yes"), "no": ("可空", "no"), "one": ("有时必填", "sometimes")}


def columns(kind: str) -> dict[str, dict[str, str]]:
    """Return the columns of a template and what is said of each."""
    return tomllib.loads(_PATH.read_text(encoding="utf-8"))[kind]


def examples(kind: str, context: Context) -> pd.DataFrame:
    """Return rows for a template that are true: they are taken from the facts."""
    names = list(columns(kind))
    if kind == "indicators":
        table = context["observations"].query("indicator == 'gdp'")
        rows = table[table["place"].isin(("440300", "330100"))].head(2)
    elif kind == "places":
        table = context["places"].rename(columns={"place": "code"})
        rows = table[table["code"].isin(("110108", "320583"))]
    elif kind == "filings":
        rows = context["filings"].tail(1).rename(columns={"month": "announced"})
        roles = {"provider": "服务提供者", "supporter": "服务技术支持者", "": ""}
        rows = rows.assign(role=rows["role"].map(roles))
    else:
        filings = context["filings"].query("segments != ''").tail(1)
        rows = filings.assign(
            level="district",
            segment=filings["segments"].str.split("|").str[0],
            event="filing",
            count=1,
        )
    rows = rows.reindex(columns=names).astype(object)
    return rows.where(rows.notna(), "").astype(str)


def sheet(kind: str, context: Context, lang: str) -> pd.DataFrame:
    """Return the sheet to fill in, with headings in a language."""
    rows = examples(kind, context)
    heading, mark = MARK[lang]
    named = rows.set_axis([headings.shown(name, lang) for name in rows], axis=1)
    return named.map(guard).assign(**{heading: mark})


def legend(kind: str) -> pd.DataFrame:
    """Return what each column means, in Chinese and English."""
    return pd.DataFrame(
        [
            (
                headings.shown(name, "zh"),
                name,
                *NEED[said["need"]],
                said["zh"],
                said["en"],
            )
            for name, said in columns(kind).items()
        ],
        columns=["列", "column", "必填", "needed", "说明", "meaning"],
    )


def write(kind: str, context: Context, lang: str, path: Path, suffix: str) -> None:
    """Write a template.

    Parameters
    ----------
    kind : {"filings", "outcomes", "indicators", "places"}
    context : dict of DataFrame
        The facts that the examples are taken from.
    lang : {"zh", "en"}
        Language of the headings; both are read.
    path : Path
    suffix : {".csv", ".xlsx"}
    """
    table = sheet(kind, context, lang)
    if suffix == ".csv":
        table.to_csv(path, index=False, encoding="utf-8-sig")
        return
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    filled, meaning = book.worksheets[0], book.create_sheet(LEGEND)
    filled.title = kind
    for page, frame in ((filled, table), (meaning, legend(kind))):
        page.append(list(frame))
        for row in frame.itertuples(index=False):
            page.append(list(row))
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
        for at, name in enumerate(frame):
            longest = max(map(len, [name, *frame[name]]))
            letter = page.cell(1, at + 1).column_letter
            page.column_dimensions[letter].width = min(60, 2 * longest + 4)
    book.save(path)
