"""Turns the words of a collected row into what may be shown: pure functions on text.

A locator names publisher, title and date of a page, never an address or the host of
a repost; a note keeps scope in a few words, never a quotation.
"""

from __future__ import annotations

import re

LONGEST_LOCATOR = 120
LONGEST_NOTE = 60
DATE = re.compile(
    r"(?<![\d.])(20[0-3]\d)(?:[-/.年]?)(0[1-9]|1[0-2])"
    r"(?:[-/.月]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
)
ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:cn|com|net|org|cc)\b")
REPOSTED = re.compile(
    r"[（(](?:machine-altered mirror|Reportify[^）)]*|[^（()）]*转载[^（()）]*)[）)]"
    r"|/鲜米网转载|转载(?:报道|于[^，。;；]*|日)?|(?:的)?镜像站?|重发"
)
# Amounts in brackets tell the value again; pages, parts and editions stay.
AMOUNT = re.compile(
    r"[（(](?:近|接近|约|占|全国|首期|最高|超|\d+(?:\.\d+)?(?:万|亿|个|家|项|户))"
    r"[^（()）]*[）)]"
)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
COLLECTOR = re.compile(
    r"via |read_file|find_string|github|mirror|镜像|转载|改写|repost|https?:|"
    r"official page not|city from the|^segment|article id|地址含|transcription|"
    r"parsed from|GB code|引同一数字|原文|同页|标签|confirmed by|^value from|仓库"
)
# What a collector's remark means for who reads the figure.
DOUBTS = {
    "official page not opened": "未见官方原页，数值为转引",
    "label inferred": "口径为推断",
}
QUARTER = {"Q1": "03", "Q2": "06", "Q3": "09", "Q4": "12", "H1": "06", "H2": "12"}
SPANS = {
    "前三季度": ("09", "前三季度累计"),
    "前三批": ("", "前三批累计"),
    "前四批": ("", "前四批累计"),
}


def months(text: str) -> list[str]:
    """Return the months that a text names, as ``YYYY-MM``, in order."""
    return [f"{match[1]}-{match[2]}" for match in DATE.finditer(text)]


def period(text: str) -> tuple[str, str]:
    """Return a period as ``YYYY`` or ``YYYY-MM`` and what the raw one said beyond it.

    A quarter or half year is told by its last month, a span of years by its last
    year; what is no period at all is ``""``.
    """
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        return text, ""
    part = re.fullmatch(r"(\d{4})-?(Q[1-4]|H[12])", text)
    if part:
        return f"{part[1]}-{QUARTER[part[2]]}", part[2]
    years = re.fullmatch(r"(\d{4})-(\d{4})", text)
    if years:
        return years[2], f"{text}年"
    said = re.fullmatch(r"(\d{4}) (.+)", text)
    if said:
        month, words = SPANS.get(said[2], ("", said[2]))
        return f"{said[1]}-{month}".rstrip("-"), words
    return "", text


def published(when: str, planned: bool, *texts: str) -> str:
    """Return the month in which a page was public, or ``""``.

    The first text that names a month speaks; of several months in it the last. A
    figure that is not planned cannot be public before its period begins: such
    months are of something else (a folder of a site, an earlier event).
    """
    for text in texts:
        fit = [month for month in months(text) if planned or month >= when]
        if fit:
            return max(fit)
    return ""


def locator(text: str, month: str = "") -> str:
    """Return publisher, title and date of a page, as far as its row names them."""
    text = AMOUNT.sub("", REPOSTED.sub("", ADDRESS.sub("", text)))
    text = re.sub(r"[（(]来源[:：]([^（()）]*)[）)]", r"，\1", text)
    text = re.sub(r"\s*[（(]\s*[）)]|[。！？]", " ", text)
    text = re.sub(r"(?<=[^\x00-\x7f]):(?=\S)", "：", text)
    text = re.sub(r"\s+", " ", text).strip(" ,，;；:：-/、.")
    if month and month not in months(text):
        text = f"{text} · {month}" if text else month
    return short(text or "报道")


def short(text: str, most: int = LONGEST_LOCATOR) -> str:
    """Cut a text after ``most`` characters, saying so."""
    return text if len(text) <= most else text[: most - 1] + "…"


def note(*texts: str) -> str:
    """Return what notes say of scope: no quotation, no word about the collecting."""
    kept = [said for sign, said in DOUBTS.items() if sign in ";".join(texts)]
    for text in texts:
        for part in re.split(r"[;；]|, (?=\d{4}年度)", QUOTED.sub("", text)):
            part = re.sub(r"[。！？]| as above$", "", part).strip(" ,，:：")
            told = part and part not in kept and not COLLECTOR.search(part)
            if told and len(part) <= LONGEST_NOTE:
                kept.append(part)
    return "；".join(kept)
