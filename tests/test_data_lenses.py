"""The tables of the five systems, against what their reports say (read by hand)."""

import re

import pytest

from model import lenses
from model.measures import measured

CHINESE = re.compile("[\u3400-\u9fff]")
LENSES = ["ccid2018", "aitisa2021", "gemdale2021", "jiazi2020", "hsmap2022"]
WORDS = ("name", "method", "gaps")

# Table 1 of AITISA: units of the 23 indicators below each second-level one.
AITISA = {
    "environment": {
        "政策环境": ["项"],
        "经济环境": ["亿元"],
        "研发环境": ["万元"],
        "组织环境": ["家"],
    },
    "resource": {
        "资金支持": ["万元", "件", "%"],
        "算力支持": ["个"],
        "载体支持": ["家", "家"],
    },
    "knowledge": {"知识储备": ["个", "所", "个"], "科研成果": ["件", "%", "件"]},
    "outcome": {
        "企业规模": ["家", "家", "家"],
        "创新发展": ["/", "个", "%"],
        "产业覆盖度": ["%"],
    },
}
CCID = {
    "政策环境": ["人工智能专项政策", "人工智能相关政策"],
    "科研能力": ["人工智能重点实验室", "人工智能学科建设"],
    "产业水平": ["企业数量", "龙头企业", "专业人才", "专业载体"],
    "资本环境": ["本地扶持资金", "投融资活跃度"],
}
GEMDALE = ["产业规模", "企业数量", "投资事件", "投资金额", "学术论文", "研究学者"]
JIAZI = ["人才", "科研技术", "产业环境", "资本环境", "政策"]
# The lines of its text from the first to the last indicator.
LINES = {"aitisa2021": (81, 107), "ccid2018": (103, 131), "gemdale2021": (2081, 2081)}


@pytest.fixture(scope="module")
def systems(facts):
    return {name: lenses.lens(facts, name) for name in lenses.names(facts)}


def names(system, parent):
    items = system.items
    return list(items.loc[items["parent"] == parent, "name_zh"])


def test_there_are_the_five_reports(facts, systems):
    assert list(systems) == LENSES
    for name, system in systems.items():
        assert name in facts.sources.index
        # A report speaks of months before it was published.
        assert system.entry["as_of"] <= facts.sources.at[name, "published"]


def test_aitisa_has_four_groups_of_twelve_and_twenty_three(systems):
    system = systems["aitisa2021"]
    items = system.items
    assert list(items.index[items["parent"] == ""]) == list(AITISA)
    found = {
        group: {
            second["name_zh"]: list(items.loc[items["parent"] == node, "unit"])
            for node, second in items[items["parent"] == group].iterrows()
        }
        for group in AITISA
    }
    assert found == AITISA
    assert len(system.leaves) == 23
    assert sum(map(len, AITISA.values())) == 12


def test_ccid_has_four_groups_of_ten(systems):
    system = systems["ccid2018"]
    tops = system.items[system.items["parent"] == ""]
    found = {row["name_zh"]: names(system, node) for node, row in tops.iterrows()}
    assert found == CCID
    assert len(system.leaves) == 10


def test_gemdale_has_six_indicators(systems):
    assert names(systems["gemdale2021"], "") == GEMDALE
    assert len(systems["gemdale2021"].leaves) == 6


def test_jiazi_judges_five_dimensions_and_our_figures_weigh_nothing(systems):
    system = systems["jiazi2020"]
    judged = system.items.loc[system.asked()]
    assert [name.split("（")[0] for name in judged["name_zh"]] == JIAZI
    assert all(measure.startswith("rating:") for measure in judged["measure"])


@pytest.mark.parametrize("name", LENSES)
def test_parents_and_nodes_are_items(systems, name):
    system = systems[name]
    assert set(system.items["parent"]) <= {"", *system.items.index}
    for node in system.rankings["node"]:
        assert set(node.split("|")) <= {"", *system.items.index}
        assert system.under(node)


@pytest.mark.parametrize("name", LENSES)
def test_every_ranking_is_published_and_every_row_has_its_kind(facts, systems, name):
    column = {"rank": "rank", "tier": "tier", "rating": "rating"}
    for ranking, row in systems[name].rankings.iterrows():
        table = lenses.published(facts, name, ranking)
        told = table[column[row["kind"]]]
        assert len(table) and told.notna().all() and (told != "").all()
        assert not table.duplicated(["level", "place"]).any()


@pytest.mark.parametrize("name", LINES)
def test_every_indicator_names_a_line_of_its_list(systems, name):
    items = systems[name].items
    lines = items["locator"].str.extract(r" · L(\d+)$")[0].astype(int)
    first, last = LINES[name]
    assert lines.between(first, last).all()
    leaves = lines[systems[name].leaves]
    assert list(leaves) == sorted(leaves)


@pytest.mark.parametrize("name", LENSES)
def test_every_measure_gives_figures_of_its_cities(facts, systems, name):
    system = systems[name]
    places = lenses.sample(facts, system, system.rankings.index[0])
    rows = system.items[system.items["measure"] != ""]
    assert len(rows)
    for item, row in rows.iterrows():
        assert item in system.leaves
        assert row["fit"] in ("same", "stand_in")
        found = measured(facts, row["measure"], name, system.entry["as_of"])
        assert found.index.is_unique
        assert found["value"].reindex(places).notna().sum() >= 4, item
        assert (found["source_id"] != "").all()


def test_a_fit_is_told_only_of_a_measure(facts):
    items = facts["lens_items"]
    assert ((items["fit"] != "") == (items["measure"] != "")).all()
    same = items[items["fit"] == "same"]
    # Only the words of a report and dated lists are the thing itself by measure.
    kinds = set(same["measure"].str.split(":").str[0])
    assert kinds <= {"rating", "dated", "figure"}


def test_words_are_in_both_languages(facts):
    for row in facts["lenses"].to_dict("records"):
        for word in WORDS:
            assert CHINESE.search(row[f"{word}_zh"])
            assert row[f"{word}_en"] and not CHINESE.search(row[f"{word}_en"])
    for table in ("lens_items", "lens_rankings"):
        assert facts[table]["name_zh"].str.len().gt(0).all()
        english = facts[table]["name_en"]
        assert english.str.len().gt(0).all()
        assert not english.str.contains(CHINESE).any()


def test_what_a_report_does_not_say_is_not_said_of_it(facts):
    said = facts["lenses"].set_index("lens")
    # Neither the share of the experts nor what the total is out of is printed.
    assert "一半" not in said.at["ccid2018", "method_zh"]
    assert "half" not in said.at["ccid2018", "method_en"]
    assert "十分制" not in said.at["ccid2018", "method_zh"]
    # Two tiers are numbered, the rest are the others.
    assert "其他" in said.at["jiazi2020", "method_zh"]


# place, dimension, line of the judgement itself
LINES_OF_WORDS = [
    ("310000", "policy", "L316"),
    ("120000", "policy", "L698"),
    # The same words stand in the chapter of Chengdu.
    ("420100", "capital", "L657"),
    ("510100", "capital", "L617"),
    ("410100", "industry_environment", "L926"),
]


@pytest.mark.parametrize(("place", "dimension", "line"), LINES_OF_WORDS)
def test_a_judgement_names_its_own_line(facts, place, dimension, line):
    ratings = facts["ratings"].set_index(["place", "dimension"])
    assert ratings.at[(place, dimension), "locator"].endswith(line)
    assert not ratings["note"].str.contains("accept").any()
    assert len(ratings) == 75
