"""What is said of a wrong file, in Chinese and English; each says how to mend it."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "folder_missing": (
        "没有这个文件夹；请给出放 CSV 与 TOML 文件的文件夹",
        "no such folder; name the folder that holds the CSV and TOML files",
    ),
    "folder_empty": (
        "没有任何事实文件（places.csv、observations/*.csv 等）；请检查路径",
        "holds no file of facts (places.csv, observations/*.csv, ...); check the path",
    ),
    "file_missing": (
        "{root} 中缺少 {path}；请补上这个文件",
        "{path} is missing from {root}; add it",
    ),
    "encoding": (
        "不是 UTF-8 文本（{why}）；请另存为 CSV UTF-8",
        "not UTF-8 text ({why}); save it as CSV UTF-8",
    ),
    "format": (
        "读不成表（{why}）；请检查引号、逗号与括号",
        "cannot be read as a table ({why}); check quotes, commas and brackets",
    ),
    "column_missing": (
        "缺少列 {column}；请加上（现有：{have}）",
        "column {column} is missing; add it (there are: {have})",
    ),
    "column_unknown": (
        "不认识列 {column}；请改名或删去（可用：{known}）",
        "column {column} is not known; rename or drop it (there are: {known})",
    ),
    "column_twice": (
        "列 {column} 出现两次；请只留一列",
        "column {column} stands twice; keep one",
    ),
    "not_flag": (
        "{value} 不是 true 或 false；请改正",
        "{value} is not true or false; write one of them",
    ),
    "not_choices": (
        "{value} 不是列表；请写成如 [{choices}]",
        "{value} is not a list; write it like [{choices}]",
    ),
    "not_whole": (
        "{value} 不是整数；请改成整数",
        "{value} is not a whole number; write one",
    ),
    "no_date": (
        "出处既没有公布月份，也没有滞后月数；请补上 published 或 lag_months",
        "neither published nor lag_months is given; add one of them",
    ),
    "after_source": (
        "{value} 晚于其出处所及的最后一个月 {last}；请改正，或更新出处的 covers_to",
        "{value} is after {last}, the last month its source covers; mend it, or raise"
        " covers_to of the source",
    ),
    "empty": ("单元格为空；请填上，或删去这一行", "empty; fill it or drop the row"),
    "not_code": (
        "{value} 不是六位行政区划代码；请改成如 110108",
        "{value} is not a six-digit division code; write it like 110108",
    ),
    "not_month": (
        "{value} 不是月份；请写成 YYYY-MM",
        "{value} is not a month; write YYYY-MM",
    ),
    "not_year": (
        "{value} 不是年份；请写成 YYYY",
        "{value} is not a year; write YYYY",
    ),
    "not_period": (
        "{value} 不是年份或月份；请写成 YYYY 或 YYYY-MM",
        "{value} is not a year or month; write YYYY or YYYY-MM",
    ),
    "not_id": (
        "{value} 不是代号；只用小写字母、数字与下划线",
        "{value} is not an id; use lower-case letters, digits and _",
    ),
    "not_number": (
        "{value} 不是数；请改成数字，没有数就删去这一行",
        "{value} is not a number; write digits, or drop the row when there is none",
    ),
    "out_of_bounds": (
        "{value} 不在 {bounds} 之内；请核对原文",
        "{value} is outside {bounds}; compare it with the source",
    ),
    "not_allowed": (
        "{value} 不可用；请从这些中选：{choices}",
        "{value} cannot be used; choose from: {choices}",
    ),
    "twice": (
        "键（{key}）在前面的行里已有；请只留一行",
        "the key ({key}) stands in an earlier row; keep one",
    ),
    "twice_elsewhere": (
        "键（{key}）在 {other} 里也有；请只留一处",
        "the key ({key}) also stands in {other}; keep one",
    ),
    "unknown_reference": (
        "{value} 不在 {table} 里；请改正，或先加到那里",
        "{value} is not in {table}; mend it, or add it there first",
    ),
    "wrong_unit": (
        "单位 {value} 应为 {wanted}；请换算并改写",
        "the unit {value} should be {wanted}; convert and write that",
    ),
    "wrong_level": (
        "这个指标只有这些层级：{levels}；请改层级或指标",
        "this indicator exists at {levels} only; change the level or the indicator",
    ),
    "no_parent": (
        "{value} 不是表中的城市，也不是其省；请改正上级代码",
        "{value} is neither a city of the table nor the province; mend the parent",
    ),
}


def say(name: str, /, **values: object) -> tuple[str, str]:
    """Return a message in Chinese and English with its placeholders filled."""
    zh, en = MESSAGES[name]
    return zh.format(**values), en.format(**values)
