"""Five errands as a new user runs them: menu, clicks, typing, and an answer in sight.

What the page answers is held against what the commands say.
"""

import io
import json

import openpyxl
import pytest

from tests.browsing import opened, ready, settle

pytestmark = pytest.mark.browser
# Seen without scrolling on the screen of the visitor.
SCREEN = 1000
TEXT = "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]"


@pytest.fixture
def ask(run):
    """Return what a command answers as JSON."""

    def call(*words):
        code, out, _ = run(*words)
        assert code == 0
        return json.loads(out)

    return call


def start(page, server):
    """Open the app as one who comes for the first time."""
    page.goto(server)
    ready(page)


def menu(page, name, path):
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url(f"**{path}*", timeout=20_000)
    opened(page)


def pick(page, box, words):
    """Type into a box and take what it offers first."""
    page.get_by_role("combobox", name=box).click()
    write(page, words)


def write(page, words):
    """Type into the box that has the keyboard, and take the only match."""
    page.keyboard.type(words)
    page.get_by_role("option").filter(has_text=words).first.wait_for(timeout=20_000)
    page.keyboard.press("Enter")
    settle(page)


def press(page, words):
    page.get_by_text(words, exact=True).first.click()
    settle(page)


def in_sight(page, words):
    """Return the text around some words that stand on the first screen."""
    found = page.locator(TEXT).filter(has_text=words).first
    found.wait_for(timeout=30_000)
    box = found.bounding_box()
    assert box["y"] + box["height"] <= SCREEN
    return found.inner_text()


def sound(page):
    assert not page.get_by_test_id("stException").count()


def test_the_best_three_districts_for_service_robots_in_the_delta(visitor, server, ask):
    start(visitor, server)
    pick(visitor, "细分领域", "服务机器人")
    press(visitor, "区县")
    pick(visitor, "地区", "长三角")
    said = in_sight(visitor, "服务机器人，前3名区县")
    asked = ("--segment", "service_robots", "--level", "district")
    rows = ask(
        *("rank", *asked, "--within", "yangtze_delta"),
        *("--top", 3, "--format", "json"),
    )
    spots = [said.index(row["name_zh"]) for row in rows]
    assert spots == sorted(spots)
    for row in rows:
        assert f"第{row['rank_low']}–{row['rank_high']}名" in said
        assert row["reasons"][0]["text_zh"] in said
    tied = len({row["tie_group"] for row in rows}) == 1 and rows[0]["tie_group"]
    assert ("这3个难分先后" in said) == bool(tied)
    sound(visitor)


def test_which_of_two_districts_is_better_for_smart_vehicles(visitor, server, ask):
    start(visitor, server)
    menu(visitor, "对比", "/compare")
    press(visitor, "区县")
    pick(visitor, "细分领域", "智能汽车")
    # The box keeps the keyboard: two names are typed one after the other.
    pick(visitor, "要比的区县", "武清区")
    write(visitor, "西青区")
    # While the list is open, the rest of the page is hidden from roles.
    visitor.mouse.click(5, 5)
    settle(visitor)
    assert visitor.get_by_test_id("stMetric").count() == 2
    head = in_sight(visitor, "的重抽样如此")
    told = in_sight(visitor, "得分相差")
    answer = ask(
        *("explain", "--segment", "smart_vehicles", "--level", "district"),
        *("--place", "120111", "--versus", "120114", "--json"),
    )
    assert head.index("西青区") < head.index("武清区") and "智能汽车" in head
    assert f"{answer['chance_above']:.0%}" in head and "比较有把握" in head
    assert f"西青区第{answer['rank']}名" in told
    in_sight(visitor, "最大的一条：")
    in_sight(visitor, "重抽样：")
    sound(visitor)


def test_what_a_district_should_attract(visitor, server, ask):
    start(visitor, server)
    menu(visitor, "产业定位", "/fit")
    pick(visitor, "城市或区县", "蜀山区")
    head = in_sight(visitor, "蜀山区 · 合肥市最宜争取")
    told = in_sight(visitor, "有多大把握")
    rows = ask("fit", "--place", "340104", "--level", "district", "--format", "json")
    for row in rows[:3]:
        assert f"{row['name_zh']}（{row['share']:.0%}）" in head
    assert "为什么是" + rows[0]["name_zh"] in told
    assert f"全国第{rows[0]['place_rank']}" in told
    assert all(rival["name_zh"] in told for rival in rows[0]["rivals"])
    sound(visitor)


def test_where_a_published_index_differs_most(visitor, server, ask):
    start(visitor, server)
    menu(visitor, "榜单对照", "/lenses")
    press(visitor, "新一代AI联盟/上奇 2021")
    head = in_sight(visitor, "差得最多的是")
    answer = ask("lens", "aitisa2021", "--format", "json")
    most = answer["differences"]["total"][:3]
    for one in most:
        ranks = f"原榜第{one['rank']}，我们第{one['recomputed_rank']}"
        assert f"{one['name_zh']}（{ranks}" in head
        told = in_sight(visitor, f"{one['name_zh']}：比我们算在第{one['versus_rank']}")
        assert f"{abs(one['score_gap']):.1f}分" in told and "来源：" in told
    sure = in_sight(visitor, "有多大把握")
    assert f"{answer['coverage']:.0%}" in sure
    sound(visitor)


def test_new_figures_of_a_city_move_ranks(visitor, server, ask, tmp_path):
    start(visitor, server)
    menu(visitor, "我的数据", "/bring")
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="XLSX", exact=True).click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book["indicators"]
    sheet.delete_rows(2, sheet.max_row)
    for name, figure in (("人工智能会议论文数", "389"), ("机器人密度", "30")):
        sheet.append(["济南市", "城市", name, "2025", figure, "篇"])
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "济南.xlsx"
    path.write_bytes(content.getvalue())
    visitor.locator("input[type=file]").set_input_files(str(path))
    visitor.get_by_test_id("stVegaLiteChart").wait_for(timeout=60_000)
    settle(visitor)
    cells = visitor.get_by_test_id("stDataFrame").first.locator("td, th")
    refused = " ".join(cells.all_inner_texts())
    assert "机器人密度" in refused and "3" in refused
    answer = ask(
        *("what-if", "--segment", "ai_healthcare", "--place", "370100"),
        *("--set", "ai_papers=389", "--json"),
    )
    before, after = answer["rank_before"], answer["rank_after"]
    said = visitor.locator("body").inner_text()
    moved = f"{answer['moved']:+d}"
    assert f"济南市：第 {before} 名 → 第 {after} 名（{moved}）" in said
    sound(visitor)
