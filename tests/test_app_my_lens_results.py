"""What the page of one's own lens says of its ranking, of links and of files."""

import re
from pathlib import Path

import pytest

from app.ui import cache, columns, my_lens_tables
from app.ui.words import words
from app.views import my_lens_results
from model import own_index, own_lens, tipping
from model.composite import ROOT
from model.own_lens import OwnLens
from tests.app_pages import asked, opener, sound

ROOT_FOLDER = Path(__file__).resolve().parent.parent
ZH = words("zh")


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""
    return opener("my_lens", model, monkeypatch)


def noted(page, value):
    """Whether a warning names a value of the link."""
    return any(columns.plain(value) in w.value for w in page.warning)


def shifted(lens, index, row, share):
    """The lens in which one row has another share and the others keep theirs."""
    parent = index.tree.table.at[row, "parent"]
    now = index.shares[index.tree.children[parent]]
    after = now * (1 - share) / (1 - now[row])
    after[row] = share
    part = "pillars" if parent == ROOT else "indicators"
    weights = {**getattr(lens, part), **(100 * after).to_dict()}
    return OwnLens(
        **{"pillars": lens.pillars, "indicators": lens.indicators, part: weights},
        within=lens.within,
    )


@pytest.mark.parametrize(
    "params", [{}, {"own_w": "talent:3,policy:0", "within": "pearl_delta"}]
)
def test_each_tipping_sentence_is_true_when_all_is_ranked_again(visit, model, params):
    lens = own_index.from_params(params, model)[0]
    ours = own_index.rank(model, lens)
    page = visit(view="tipping", **params)
    codes = dict(zip(ours.table["name_zh"], ours.table["place"], strict=True))
    rows = {}
    for name, row in ours.index.tree.table.iterrows():
        said = my_lens_tables.name_of(model.facts, name, "zh")
        if row["parent"] != ROOT:
            above = my_lens_tables.name_of(model.facts, row["parent"], "zh")
            said = f"{said}（在{above}里）"
        rows[said] = name
    pattern = (
        r"- \*\*(.+?)\*\* 领先 \*\*(.+?)\*\*，直到“(.+?)”的份额"
        r"([升降])到 \*\*(\d+)%\*\*（现在 ([\d.]+)%）。"
    )
    lists = [m.value for m in page.markdown if m.value.startswith("- ")]
    pairs, edge = (re.findall(pattern, text) for text in lists[:2])
    assert len(pairs) >= 8 and len(edge) == my_lens_results.PAIRS
    places = list(ours.table["place"])
    for kind, found in (("pair", pairs), ("edge", edge)):
        for leader, follower, said, way, shown, now in found:
            ahead, behind = codes[leader], codes[follower]
            row = rows[re.sub(r"\\(.)", r"\1", said)]
            share = ours.index.shares[row]
            assert now == f"{100 * share:.1f}"
            target = int(shown) / 100
            assert (target > share) == (way == "升")
            nearer = tipping.short(
                share, int(shown), "raise" if way == "升" else "lower"
            )
            orders = []
            for one in (nearer, target):
                again = own_index.rank(model, shifted(lens, ours.index, row, one))
                orders.append(list(again.table["place"]))
            before, after = orders
            if kind == "pair":
                assert before.index(ahead) < before.index(behind)
                assert after.index(behind) < after.index(ahead)
            else:
                k = my_lens_results.EDGES[1]
                assert set(before[:k]) == set(places[:k]) != set(after[:k])
                assert ahead in places[:k] and behind not in places[:k]


def test_bad_values_of_a_link_are_named_and_left_out(visit):
    page = visit(
        **{"own_w": "talent:x,foo:3,cost:2", "own_i": "bogus:2", "own_tier": "9"},
        **{"own_hue": "1", "own_norm": "z_score", "own_mean": "geometric"},
        **{"own_not": "12,440300,440300", "own_max": "wage:1,wage:2", "view": "sur"},
        **{"level": "cty", "within": "guangdong", "segment": "drone", "top": "7"},
    )
    for bad in (
        *("own_w=talent:x", "own_w=foo:3", "own_i=bogus", "own_tier=9", "own_hue=1"),
        *("own_not=12", "own_max=wage:2", "“sur”", "“cty”", "“guangdong”", "“drone”"),
    ):
        value = bad.strip("“”")
        assert noted(page, value), bad
    assert any(w.value == columns.plain(ZH["mine.note_method"]) for w in page.warning)
    assert not noted(page, "top") and len(page.warning) == 12
    assert page.slider(key="own_w_cost").value == 2
    assert page.segmented_control(key="view").value == "sure"
    assert page.selectbox(key="mine_within").value == "440000"
    assert page.multiselect(key="mine_exclude").value == ["440300"]


def test_a_district_that_a_city_lens_leaves_out_is_kept(visit):
    page = visit(own_not="440305,440300")
    assert page.multiselect(key="mine_exclude").value == ["440300"]
    sound(page.multiselect(key="mine_exclude").set_value(["110000"]).run())
    assert set(asked(page)["own_not"].split(",")) >= {"110000"}


FULL = {
    **{"level": "district", "within": "yangtze_delta", "segment": "drones"},
    **{"own_w": "talent:3,policy:0.5", "own_i": "city:wage:0,population:2"},
    **{"own_ideal": "city:pm25:20", "own_total": "employed", "own_tier": "2"},
    **{"own_zone": "1", "own_max": "city:wage:150000", "own_not": "310115"},
    **{"own_norm": "rank", "own_missing": "median", "own_across": "geometric"},
}


def test_a_saved_file_opened_again_gives_the_same_url(visit, monkeypatch):
    written = []
    real = own_lens.to_json

    def keep(lens):
        written.append(real(lens))
        return written[-1]

    monkeypatch.setattr(own_lens, "to_json", keep)
    assert not visit(view="keep", **FULL).warning
    other = visit(view="keep", segment="drones", own_super="1", own_w="cost:9")
    file = ("mine.json", written[0].encode(), "application/json")
    sound(other.file_uploader[0].set_value(file).run())
    assert other.success[0].value == ZH["mine.keep_done"] and not other.warning
    assert asked(other) == {**FULL, "view": "keep"}
    assert other.slider(key="own_w_talent").value == 3
    sound(other.button[0].click().run())
    kept = {"level": "district", "segment": "drones", "view": "keep"}
    assert asked(other) == kept


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "not_json"),
        (b"[]", "format"),
        (b"x" * (own_lens.MOST_BYTES + 1), "too_big"),
        (b'{"format": "siteselect-own-lens", "version": 7}', "version"),
        (b'{"format": "siteselect-own-lens", "version": 1, "tier": "1"}', "type"),
    ],
    ids=["json", "format", "size", "version", "type"],
)
def test_a_bad_file_is_refused_and_changes_nothing(visit, content, why):
    page = visit(view="keep", own_w="cost:2", lang="en")
    kept = asked(page)
    file = ("mine.json", content, "application/json")
    sound(page.file_uploader[0].set_value(file).run())
    said = words("en")[f"mine.fault_{why}"].format(name="tier")
    assert columns.plain(said) in page.error[0].value
    assert not page.success and asked(page) == kept
    assert not sound(page.run()).error


def test_what_a_file_holds_that_the_facts_do_not_is_noted(visit):
    page = visit(view="keep")
    lens = own_lens.to_json(OwnLens(indicators={"bogus": 2}, tier=1))
    file = ("mine.json", lens.encode(), "application/json")
    sound(page.file_uploader[0].set_value(file).run())
    assert asked(page)["own_tier"] == "1" and noted(page, "own_i=bogus")


def test_disagreements_are_those_of_the_model_with_both_ranks(visit, model):
    page = visit(view="versus", own_w="cost:3", segment="drones")
    lens = OwnLens(pillars={"cost": 3})
    found = own_index.disagreements(model, lens, "drones")
    lines = [m.value for m in page.markdown if m.value.startswith("**")]
    for row, line in zip(found.itertuples(), lines[1:], strict=True):
        assert line == (
            f"**{row.name_zh}** 自己第 {row.own_rank}，学得第 {row.learned_rank}"
        )
    sound(page.selectbox(key="segment").set_value("nlp").run())
    assert asked(page)["segment"] == "nlp"


def test_leaving_out_cities_is_tried_on_demand(visit, model, monkeypatch):
    page = visit(view="sure")
    assert ZH["mine.reversal_depends"] in [c.value for c in page.caption]
    found = own_index.rank(model, OwnLens()).table.set_index("place")[["rank"]]
    found["moved"] = 0
    monkeypatch.setattr(cache, "own_reversals", lambda *_: found)
    toggle = next(one for one in page.toggle if one.label == ZH["mine.reversal_try"])
    sound(toggle.set_value(True).run())
    assert ZH["mine.reversal_none"] in [c.value for c in page.caption]
    found.loc["310000", "moved"] = 3
    sound(page.run())
    assert any("337" in c.value and "上海市" in c.value for c in page.caption)


def sources(*folders):
    """The text of the Python files of some folders."""
    paths = [path for name in folders for path in (ROOT_FOLDER / name).rglob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in paths)


def test_every_word_of_the_two_pages_is_used():
    code = sources("app")
    known = sources("app", "model", "data")
    keys = [key for key in ZH if key.split(".")[0] in ("mine", "lens")]
    assert len(keys) > 200
    # A phrase is asked for by its key, or by a key with a name put in.
    made = set(re.findall(r'"((?:mine|lens|\{section\})\.[a-z0-9_{}.]*)', code))
    patterns = [
        re.compile(re.sub(r"\\{.*?\\}|\{.*?\}", "(.+)", re.escape(one)))
        for one in made
        if "{" in one
    ]
    for key in keys:
        if key in made:
            continue
        names = [found[1] for one in patterns if (found := one.fullmatch(key))]
        names += [key.partition("_")[2]]
        assert any(
            re.search(rf'"{name}"', known) or name.isdigit() for name in names
        ), key
