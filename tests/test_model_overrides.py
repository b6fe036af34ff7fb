import json
import os
import signal
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import files
from model import overrides as ov
from model.overrides import Override, OverrideError, Overrides
from model.score import keep, ranking

QUICK = settings(
    max_examples=50, deadline=None, suppress_health_check=list(HealthCheck)
)
CODES = [f"{110000 + at}" for at in range(12)]
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "{% raw %}${jndi:ldap://x}",
    "'; DROP TABLE places; --",
    "__import__('os').system('true')",
]


def one(place=CODES[0], kind="exclude", number=0, **more):
    values = {"segment": "drones", "level": "city", "reason": "已在当地", **more}
    values = {"initials": "ZL", "date": "2026-01-05", **values}
    return Override(place=place, kind=kind, number=number, **values)


def table(count):
    return pd.DataFrame(
        {"rank": range(1, count + 1), "place": CODES[:count], "level": "city"}
    )


@st.composite
def sets(draw):
    """Overrides that compete: several kinds for a place, places that are not there."""
    found, ranks = [], set()
    for place in CODES:
        kinds = draw(st.sets(st.sampled_from(ov.KINDS), max_size=2))
        for kind in sorted(kinds):
            number = 0
            if kind == "pin":
                number = draw(st.integers(1, 20).filter(lambda n: n not in ranks))
                ranks.add(number)
            if kind == "move":
                number = draw(st.integers(-14, 14).filter(bool))
            found.append(one(place, kind, number))
    return Overrides(tuple(draw(st.permutations(found))))


@QUICK
@given(st.integers(0, 12), sets())
def test_the_shown_ranks_are_a_permutation_and_the_rest_keeps_its_order(count, held):
    before = table(count)
    shown = ov.apply(before, held)
    assert list(shown["shown_rank"]) == list(range(1, count + 1))
    assert sorted(shown["place"]) == sorted(before["place"])
    ranks = before.set_index("place")["rank"]
    assert (shown.set_index("place")["rank"] == ranks[shown["place"]]).all()
    for kind in ("", "exclude"):
        assert shown.loc[shown["override"] == kind, "rank"].is_monotonic_increasing
    out = shown["override"] == "exclude"
    assert not out[: count - out.sum()].any()


@QUICK
@given(st.integers(1, 12), sets(), st.randoms())
def test_the_order_they_were_made_in_does_not_matter(count, held, chance):
    items = list(held.items)
    chance.shuffle(items)
    again = Overrides(tuple(items))
    assert again == held
    pd.testing.assert_frame_equal(
        ov.apply(table(count), again), ov.apply(table(count), held)
    )


@QUICK
@given(st.integers(1, 12), sets())
def test_pins_stand_where_they_are_pinned_while_there_is_room(count, held):
    shown = ov.apply(table(count), held)
    pins = ov.in_effect(held)
    left = (shown["override"] != "exclude").sum()
    pinned = shown[shown["override"] == "pin"]
    wanted = [pins[place].number for place in pinned["place"]]
    assert wanted == sorted(wanted)
    room = range(left - len(wanted) + 1, left + 1)
    assert list(pinned["shown_rank"]) == list(map(min, wanted, room))


@QUICK
@given(st.integers(1, 12), st.data())
def test_a_move_alone_goes_as_many_steps_as_it_says(count, data):
    at = data.draw(st.integers(0, count - 1))
    steps = data.draw(st.integers(-14, 14).filter(bool))
    shown = ov.apply(table(count), Overrides((one(CODES[at], "move", steps),)))
    there = shown.set_index("place").at[CODES[at], "shown_rank"]
    assert there == max(1, min(at + 1 - steps, count))


def test_exclusions_come_first_then_pins_and_moves_do_not_shift_a_pin():
    held = Overrides(
        (
            one("110000", "exclude"),
            one("110003", "pin", 1),
            one("110002", "move", 5),
            one("110001", "pin", 9),
            one("110003", "move", -3),
        )
    )
    shown = ov.apply(table(5), held)
    assert list(shown["place"]) == ["110003", "110002", "110004", "110001", "110000"]
    assert list(shown["override"]) == ["pin", "move", "", "pin", "exclude"]
    assert list(shown["rank"]) == [4, 3, 5, 2, 1]
    assert list(shown["reason"]) == ["已在当地"] * 2 + [""] + ["已在当地"] * 2
    assert set(shown["date"]) == {"2026-01-05", ""}
    found = ov.idle(table(2), held)
    assert {(item.place, why) for item, why in found} == {
        ("110003", "absent"),
        ("110002", "absent"),
    }
    (left,) = ov.idle(table(5), held)
    assert (left[0].kind, left[1]) == ("move", "overruled")


def test_none_is_identity(model):
    before = ranking(model, "drones", "city")
    shown = ov.apply(before, Overrides())
    pd.testing.assert_frame_equal(shown[before.columns], before)
    assert list(shown.columns) == [*before.columns, *ov.COLUMNS]
    assert (shown["shown_rank"] == before["rank"]).all()
    assert (shown[ov.COLUMNS[1:]] == "").all(axis=None)


def test_a_real_ranking_and_part_of_it(model):
    before = ranking(model, "drones", "city")
    last, first = before["place"].iloc[[-1, 0]]
    held = Overrides((one(last, "pin", 1), one(first, "exclude")))
    shown = ov.apply(before, held)
    assert shown["place"].iloc[0] == last and shown["place"].iloc[-1] == first
    part = keep(before, before["rank"] <= 20)
    assert [o.place for o, _ in ov.idle(part, held)] == [last]
    assert ov.apply(part, held)["place"].iloc[-1] == first
    with pytest.raises(OverrideError, match="other_level"):
        ov.apply(ranking(model, "drones", "district"), held)
    with pytest.raises(ValueError, match="ranks"):
        ov.apply(before.iloc[5:], held)


def test_the_ranking_given_stays_as_it_was():
    before = table(6).sample(frac=1, random_state=1)
    copy = before.copy(deep=True)
    ov.apply(before, Overrides((one(CODES[3], "pin", 1),)))
    pd.testing.assert_frame_equal(before, copy)


texts = st.text(st.characters(), min_size=1, max_size=200) | st.sampled_from(HOSTILE)


@QUICK
@given(sets(), texts)
def test_what_is_written_reads_back_the_same(held, reason):
    if ov.cleaned(reason):
        items = (replace(item, reason=reason) for item in held.items)
        held = Overrides(tuple(items))
    assert ov.from_json(ov.to_json(held)) == held
    assert ov.from_json(b"\xef\xbb\xbf" + ov.to_json(held).encode()) == held
    assert ov.from_short(ov.to_short(held)) == held
    assert len(ov.to_short(held)) < len(ov.to_json(held))


@given(st.text(st.characters()))
def test_cleaning_leaves_text_without_control_signs(text):
    clean = ov.cleaned(text)
    assert ov.cleaned(clean) == clean
    assert not {unicodedata.category(sign) for sign in clean} & {*ov.DROPPED}
    assert len(clean.splitlines()) <= 1
    clean.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path, text):
    held = Overrides((one(reason=f"{text}\r\n\x00\x1b[31m\u202e{text}"),))
    ov.write(tmp_path / "mine.json", held)
    (back,) = ov.read(tmp_path / "mine.json").items
    assert back.reason == f"{text} [31m{text}"
    assert ov.apply(table(2), held)["reason"].iloc[-1] == back.reason


def test_a_reason_as_long_as_may_be_reads_back_from_the_fullest_file(tmp_path):
    places = [f"{code:06d}" for code in range(100_000, 100_000 + ov.MOST_ITEMS)]
    held = Overrides(tuple(one(place, reason="𠮷" * 500) for place in places))
    ov.write(tmp_path / "mine.json", held)
    assert ov.read(tmp_path / "mine.json") == held
    with pytest.raises(OverrideError, match="too_many"):
        held.added(one("999999"))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": " \n\t\u200b"}, "reason"),
        ({"reason": "字" * 501}, "reason"),
        ({"initials": ""}, "initials"),
        ({"initials": "A1"}, "initials"),
        ({"initials": "<b>"}, "initials"),
        ({"initials": "赵钱孙李周吴郑王冯"}, "initials"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "20260105"}, "date"),
        ({"segment": "Drones!"}, "segment"),
        ({"level": "province"}, "level"),
        ({"place": "11000"}, "place"),
        ({"place": "１１００００"}, "place"),
        ({"kind": "delete"}, "kind"),
        ({"kind": "pin"}, "number"),
        ({"kind": "pin", "number": -1}, "number"),
        ({"kind": "move"}, "number"),
        ({"kind": "move", "number": 10_001}, "number"),
        ({"number": 3}, "number"),
        ({"number": True}, "type"),
        ({"number": 1.0}, "type"),
        ({"reason": 7}, "type"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_kind(change, kind):
    with pytest.raises(OverrideError) as caught:
        one(**change)
    assert caught.value.kind == kind
    # So in a file.
    item = {**json.loads(ov.to_json(Overrides((one(),))))["overrides"][0], **change}
    whole = {"format": ov.FORMAT, "version": ov.VERSION, "overrides": [item]}
    with pytest.raises(OverrideError) as caught:
        ov.from_json(json.dumps(whole))
    assert caught.value.kind == kind


def test_names_of_any_script():
    for name in ("L", "王小明", "Ångström", "Iñigo", "ИванП"):
        assert one(initials=f" {name} ").initials == name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        (b"\xff\xfe", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "format"),
        ("null", "format"),
        ('{"format": "siteselect-own-lens", "version": 1}', "format"),
        ('{"format": "siteselect-overrides"}', "version"),
        ('{"format": "siteselect-overrides", "version": true}', "version"),
        ('{"format": "siteselect-overrides", "version": 2}', "version"),
        ('{"format": "siteselect-overrides", "version": 1}', "missing"),
        ('{"format": "siteselect-overrides", "version": 1, "version": 1}', "twice"),
        (
            '{"format": "siteselect-overrides", "version": 1, "overrides": 3}',
            "type",
        ),
        (
            '{"format": "siteselect-overrides", "version": 1, "overrides": [3]}',
            "type",
        ),
        (
            '{"format": "siteselect-overrides", "version": 1, "overrides": [{}]}',
            "missing",
        ),
        (
            '{"format": "siteselect-overrides", "version": 1, "overrides": [],'
            ' "run": "rm"}',
            "unknown_key",
        ),
        (
            '{"format": "siteselect-overrides", "version": 1,'
            ' "overrides": [{"__class__": "os"}]}',
            "unknown_key",
        ),
        (" " * (ov.MOST_BYTES + 1), "too_big"),
    ],
)
def test_a_bad_file_has_one_clear_error(tmp_path, text, kind):
    path = tmp_path / "bad.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(OverrideError) as caught:
        ov.read(path)
    assert caught.value.kind == kind
    assert len(str(caught.value)) < 100
    str(caught.value).encode()


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_file_or_session_text_is_read_or_refused(text):
    for reader in (ov.from_json, ov.from_short):
        with pytest.raises(OverrideError):
            reader(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[]", "format"),
        ("[2]", "version"),
        ("[[]]", "version"),
        ("[1,[]]", "type"),
        ("[1,3]", "type"),
        ('[1,["drones","city","110000","pin","1","x","ZL","2026-01-05"]]', "type"),
    ],
)
def test_bad_session_text(text, kind):
    with pytest.raises(OverrideError) as caught:
        ov.from_short(text)
    assert caught.value.kind == kind


def test_what_cannot_stand_together():
    for kind, items in {
        "twice_rank": (one("110001", "pin", 2), one("110002", "pin", 2)),
        "twice_place": (one("110001", "pin", 2), one("110001", "pin", 3)),
    }.items():
        with pytest.raises(OverrideError) as caught:
            Overrides(items)
        assert caught.value.kind == kind
    # Other rankings are apart.
    both = Overrides(
        (one("110001", "pin", 2), one("110002", "pin", 2, level="district"))
    )
    with pytest.raises(OverrideError, match="mixed"):
        ov.apply(table(3), both)
    assert ov.apply(table(3), both.of("drones", "city"))["override"].iloc[1] == "pin"
    assert both.of("nlp", "city") == Overrides()


def test_a_new_override_takes_the_place_of_the_older_ones_of_its_place():
    held = Overrides().added(one("110001", "pin", 2)).added(one("110002", "exclude"))
    held = held.added(one("110001", "move", -1))
    assert [o.kind for o in held.items] == ["exclude", "move"]
    assert held.without(one("110001")).items == (one("110002"),)


class Killed(BaseException):
    """Nothing catches it."""


@pytest.mark.parametrize("moment", ["write_bytes", "replace"])
def test_a_kill_during_writing_leaves_the_old_file(tmp_path, monkeypatch, moment):
    path = tmp_path / "mine.json"
    old, new = Overrides((one(),)), Overrides((one("110001", reason="另一个"),))
    ov.write(path, old)

    def killed(self, *rest):
        if moment == "write_bytes":
            with self.open("wb") as file:
                file.write(rest[0][:20])
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, moment, killed)
        ov.write(path, new)
    assert ov.read(path) == old
    assert list(tmp_path.iterdir()) == [path]
    ov.write(path, new)
    assert ov.read(path) == new


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_process_killed_before_the_file_is_in_place_leaves_the_old_one(tmp_path):
    path = tmp_path / "mine.json"
    ov.write(path, Overrides((one(),)))
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from model import overrides as ov;"
        "os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL);"
        "ov.write(Path(sys.argv[1]), ov.Overrides())"
    )
    root = Path(files.__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", code, path], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    assert ov.read(path).items == (one(),)


def test_no_file_is_no_override(tmp_path):
    assert ov.read(tmp_path / "none.json") == Overrides()
