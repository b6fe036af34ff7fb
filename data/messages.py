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
    "not_day": (
        "{value} 不是日期；请写成 2019-02-20、2019-02 或 2019",
        "{value} is no date; write 2019-02-20, 2019-02 or 2019",
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
    "nothing_told": (
        "没有名次、梯队或得分；请至少填一项",
        "neither rank, tier nor score is given; fill one of them",
    ),
    "ends_early": (
        "截止 {end} 早于开始 {begin}；请核对",
        "ends {end}, before it begins {begin}; compare it with the source",
    ),
    "control": (
        "含有不可见的控制字符；请删去",
        "holds a control character that cannot be seen; delete it",
    ),
    "sentence": (
        "单元格像一句原文或超过 {most} 字；只留事实，并注明出处位置",
        "reads like a sentence or is over {most} characters; keep the fact and its"
        " locator only",
    ),
    "no_parent": (
        "{value} 不是表中的城市，也不是其省；请改正上级代码",
        "{value} is neither a city of the table nor the province; mend the parent",
    ),
    # What a user brings (data.importers).
    "no_source_entry": (
        "出处 {source} 没有条目；请把 --out 写成文件夹，或在 sources.toml 中补上",
        "source {source} has no entry; let --out be a folder, or add it to a"
        " sources.toml",
    ),
    "no_such_file": (
        "没有这个文件 {path}；请检查路径",
        "there is no file {path}; check the path",
    ),
    "empty_file": (
        "文件是空的；请换一个有表头和数据的文件",
        "the file is empty; give one with a header and rows",
    ),
    "too_large": (
        "文件有 {size} MB，最多 {most} MB；请分成几个文件",
        "the file has {size} MB, at most {most} MB are read; split it",
    ),
    "unpacks_large": (
        "文件解压后有 {size} MB，最多 {most} MB；请另存为 CSV 或分成几个文件",
        "the file unpacks to {size} MB, at most {most} MB are read; save it as CSV or"
        " split it",
    ),
    "too_many_rows": (
        "超过 {most} 行；请分成几个文件",
        "more than {most} rows; split the file",
    ),
    "too_many_columns": (
        "有 {columns} 列，最多 {most} 列；请只留需要的列",
        "{columns} columns, at most {most} are read; keep those needed",
    ),
    "renamed": (
        "内容是 {real}，文件名却以 {suffix} 结尾；请把文件名改成以 {rename} 结尾",
        "the file is {real} although its name ends with {suffix}; rename it to end"
        " with {rename}",
    ),
    "is_encrypted": (
        "文件有密码；请先去掉密码，再另存为 .xlsx 或 .docx",
        "the file is protected by a password; remove it and save as .xlsx or .docx",
    ),
    "is_old_office": (
        "是旧格式（.xls 或 .doc）；请在 Excel 或 Word 里另存为 .xlsx 或 .docx",
        "the old format .xls or .doc; save it as .xlsx or .docx in Excel or Word",
    ),
    "is_pdf": (
        "是 PDF，读不出表；请找 docx 或表格原件，或另存为 .xlsx、.csv",
        "a PDF, whose tables cannot be read; find the docx or sheet, or save it as"
        " .xlsx or .csv",
    ),
    "is_html": (
        "是网页或 XML（有些网站把它存成 .xls）；请在 Excel 里打开后另存为 .xlsx",
        "a web page or XML (some sites call it .xls); open it in Excel and save it as"
        " .xlsx",
    ),
    "is_rtf": (
        "是 RTF；请在 Word 里另存为 .docx",
        "an RTF file; save it as .docx in Word",
    ),
    "is_zip": (
        "是压缩包，不是 Excel 或 Word 文件；请解压后给出里面的文件",
        "an archive and no Excel or Word file; unpack it and name the file inside",
    ),
    "is_damaged_zip": (
        "文件已损坏，打不开；请重新下载或重新保存",
        "the file is damaged and does not open; download or save it again",
    ),
    "is_binary": (
        "不是文本，也不是 .xlsx 或 .docx；请另存为 CSV UTF-8 或 .xlsx",
        "neither text nor .xlsx nor .docx; save it as CSV UTF-8 or .xlsx",
    ),
    "damaged": (
        "文件读不下去（{why}）；请在 Excel 或 Word 里打开后重新保存",
        "the file cannot be read ({why}); open it in Excel or Word and save it again",
    ),
    "encoding_none": (
        "既不是 UTF-8，也不是 GB18030（{why}）；请另存为 CSV UTF-8",
        "neither UTF-8 nor GB18030 ({why}); save it as CSV UTF-8",
    ),
    "encoding_used": (
        "{file} 按 {encoding} 读取",
        "{file} was read as {encoding}",
    ),
    "no_table": (
        "文档里没有表格；请给出带表格的 docx，或另存为 .xlsx、.csv",
        "the document holds no table; give a docx with a table, or .xlsx or .csv",
    ),
    "no_header": (
        "找不到表头；表头至少要有：{wanted}（siteselect import 某类 --template"
        " 可得模板）",
        "no header found; it needs at least: {wanted} (siteselect import KIND"
        " --template writes a template)",
    ),
    "no_rows": (
        "表头之下没有数据；请填上至少一行",
        "no rows below the header; fill in at least one",
    ),
    "row_too_long": (
        "这一行有 {cells} 格，比表头多；请检查逗号、引号，或补上表头",
        "the row has {cells} cells, more than the header; check commas and quotes, or"
        " complete the header",
    ),
    "tables_left": (
        "{file}：表 {tables} 的表头不合，没有读",
        "{file}: table {tables} was not read, its header does not fit",
    ),
    "columns_unused": (
        "{file}：这些列没有用到：{columns}",
        "{file}: columns not used: {columns}",
    ),
    "rows_skipped": (
        "{file}：略过标题、注或合计，行 {rows}",
        "{file}: titles, notes or totals left out, rows {rows}",
    ),
    "rows_example": (
        "{file}：行 {rows} 是模板里的示例，也读了；不要就删去",
        "{file}: rows {rows} are the template's examples and were read too; delete"
        " them unless they are meant",
    ),
    "place_unknown": (
        "没有这个地方：{value}；请写六位代码，或带上级的全称",
        "there is no place {value}; write the six-digit code, or the full name with"
        " what it belongs to",
    ),
    "place_ambiguous": (
        "{value} 不止一处；请写代码，或带上所属的市",
        "{value} may be several places; write the code, or the city it belongs to",
    ),
    "place_other_level": (
        "{value} 不是所写的层级 {level}；请改层级或地方",
        "{value} is not of the level {level} beside it; change the level or the place",
    ),
    "place_province": (
        "{value} 是省级；这里只收城市和区县",
        "{value} is a province; only cities and districts are taken here",
    ),
    "place_both": (
        "{value} 既是城市也是区县，按城市读；写上 level 可改",
        "{value} is both a city and a district, and was read as the city; write the"
        " level to change that",
    ),
    "place_renumbered": (
        "{old} 已改为 {new}，按新代码写入",
        "{old} is now {new} and was written so",
    ),
    "place_merged": (
        "{old} 已并入 {new}；数字不能照搬，请核对后写新的地方",
        "{old} was merged into {new}; its figures are not those of the whole, so check"
        " and write the new place",
    ),
    "place_disagrees": (
        "代码 {code} 是 {name}，与所写的 {value} 不符；请改正其一",
        "the code {code} is {name} and not {value} beside it; mend one of them",
    ),
    "not_known": (
        "不认识 {column} {value}；请改正",
        "{column} {value} is not known; mend it",
    ),
    "not_date": (
        "{value} 不是年份或月份；请写成 2024 或 2024-05",
        "{value} is not a year or month; write it like 2024 or 2024-05",
    ),
    "read_as_date": (
        "{value} 是 Excel 的日期序号，按 {month} 读；请核对",
        "{value} is a date as Excel counts days and was read as {month}; compare it",
    ),
    "ahead": (
        "{value} 晚于 {last}，应是笔误；请改正",
        "{value} is after {last}, which must be a slip; mend it",
    ),
    "list_of_changes": (
        "这是{word}名单，不是新备案；不能导入，请给出备案名单",
        "a list of filings cancelled or changed ({word}) and not of new ones; give a"
        " list of new filings",
    ),
    "dates_differ": (
        "{first} 与 {second} 不是同一年；请改正其一",
        "{first} and {second} are not the same year; mend one of them",
    ),
    "no_value": (
        "{column} 为空；没有数就删去这一行",
        "{column} is empty; drop the row when there is no figure",
    ),
    "value_in_words": (
        "{value} 不是数；只写数字，万、亿写在单位里，约、超写在“质量”列里",
        "{value} is not a number; write digits only, 万 or 亿 in the unit, about or"
        " over in quality",
    ),
    "unit_wanted": (
        "单位“{value}”不能换算；应为“{wanted}”",
        "the unit '{value}' cannot be converted; it should be '{wanted}'",
    ),
    "unit_converted": (
        "{count} 个数从 {unit} 换算成 {wanted}",
        "{count} values converted from {unit} to {wanted}",
    ),
    "unit_assumed": (
        "列 {columns} 没写单位，按目录的单位读",
        "columns {columns} name no unit and were read in that of the catalogue",
    ),
    "same_again": (
        "与第 {row} 行完全相同，只算一次",
        "the same as row {row}, counted once",
    ),
    "contradicts": (
        "与第 {row} 行相矛盾：键同（{key}）而值不同；请留下对的一行",
        "contradicts row {row}: the same key ({key}) with another value; keep the right"
        " one",
    ),
    "no_period": (
        "表里没有时期；请用 --period 写明，如 --period 2023",
        "the table says no period; give one with --period, such as --period 2023",
    ),
    "no_list_month": (
        "名单没有写明月份；请用 --month YYYY-MM 写明",
        "the list does not say its month; give it with --month YYYY-MM",
    ),
    "list_months": (
        "名单写的是 {found}，--month 却是 {month}；请去掉或改正 --month",
        "the list says {found} but --month is {month}; drop or mend --month",
    ),
    "list_month": (
        "{file}：按 {month} 的名单读",
        "{file}: read as the list of {month}",
    ),
    "no_record_number": (
        "{value} 不是备案编号（网信算备 + 六位区划代码 + 数字）；请核对",
        "{value} is not a filing number (网信算备, six-digit code, digits); compare it"
        " with the list",
    ),
    "announced_before": (
        "{value} 早在 {month} 已公告，以首次为准",
        "{value} was announced in {month} already; the first announcement counts",
    ),
    "list_gap": (
        "自带的名单到 {last}，这份从 {first} 开始；其间如有名单，请一并导入",
        "the embedded lists end with {last} and this one begins with {first}; import"
        " those between, if there are any, along with it",
    ),
    "no_segments": (
        "{count} 条备案不属于任何细分领域，只写入 filings.csv",
        "{count} filings belong to no segment and stand in filings.csv only",
    ),
    "not_of_province": (
        "{value} 与代码 {place} 不在同一省；请改正",
        "{value} is not in the province of the code {place}; mend it",
    ),
    "place_gone": (
        "{old} 已改为 {new}；请用新代码",
        "{old} has become {new}; use the new code",
    ),
}


def say(name: str, /, **values: object) -> tuple[str, str]:
    """Return a message in Chinese and English with its placeholders filled.

    A value of two texts is filled in by its language.
    """
    texts = MESSAGES[name]
    spoken = [
        {key: v[at] if isinstance(v, tuple) else v for key, v in values.items()}
        for at in range(len(texts))
    ]
    return texts[0].format(**spoken[0]), texts[1].format(**spoken[1])
