"""Places as people write them: by code or by a name that can mean only one."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from os.path import commonprefix

import pandas as pd

from data.importers.cells import code, missing, plain
from data.messages import say

Said = tuple[str, str]
Key = tuple[str, str]  # level and code

_PEOPLES = (
    "各族|满族|蒙古族?|回族|藏族|苗族|彝族|壮族|布依族|朝鲜族|侗族|瑶族|白族|土家族|哈尼族|"
    "哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|土族|达斡尔族?|"
    "仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|普米族|怒族|保安族|裕固族|独龙族|"
    "塔吉克族?|柯尔克孜族?|鄂温克族?|鄂伦春族?|俄罗斯族?|维吾尔族?"
)
_AUTONOMOUS = re.compile(rf"^(.{{2,}}?)(?:{_PEOPLES})+自治([州县旗])$")
_SUFFIX = re.compile(
    r"^(.{2,}?)(?:自治[州县旗]|特别行政区|新区|林区|地区|市|区|县|盟|旗|州)$"
)
_PROVINCE = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$")
_ENGLISH = re.compile(
    r"^(.{3,}?) (?:city|district|county|prefecture|league|banner|autonomous .*)$",
    re.IGNORECASE,
)
# What stands between a province and its own districts in official tables.
_BETWEEN = ("市辖区", "县", "省直辖县级行政区划", "省直辖", "自治区直辖县级行政区划")
_SEPARATORS = re.compile(r"[\s/\\·,，、>＞\-—_|]+")
# A search for names alike takes long; beyond so many the reason must do.
MOST_SUGGESTED = 50


def _forms(name: str) -> set[str]:
    """Return a place's own name in full and short: 昆山市 and 昆山."""
    forms = {name}
    if found := _AUTONOMOUS.match(name):
        forms |= {found[1], found[1] + found[2]}
    elif found := _SUFFIX.match(name):
        forms.add(found[1])
    return forms


def _english(name: str) -> set[str]:
    found = _ENGLISH.match(name)
    return {name, found[1]} if found else {name}


@dataclass(frozen=True)
class Match:
    """What a text means: a place, or why it means none."""

    level: str = ""
    place: str = ""
    reason: Said | None = None
    remark: Said | None = None
    suggestions: tuple[str, ...] = ()


@dataclass
class Gazetteer:
    """Every place under its code and under every usual form of its name."""

    parents: dict[Key, str]
    by_form: dict[str, set[Key]]
    by_code: dict[str, list[str]]
    labels: dict[Key, str]
    gone: dict[str, tuple[str, str, str]]  # old code -> new code, kind, old name
    gone_names: dict[str, set[str]]
    _searches: int = field(default=0, repr=False)
    _letters: list[tuple[str, frozenset[str]]] = field(default_factory=list, repr=False)

    def match(self, text: str, level: str = "") -> Match:
        """Return the place that a text means.

        Parameters
        ----------
        text : str
            A code, or a name in any usual form, also with what it belongs to.
        level : str, optional
            The level that is stated beside it.
        """
        if missing(text):
            return Match(reason=say("empty"))
        number = code(text)
        if number:
            return self._coded(number, level)
        wanted = _SEPARATORS.sub("", plain(text))
        found = self.by_form.get(wanted, set())
        fit = {key for key in found if not level or key[0] == level}
        if len(fit) > 1:
            fit = self._around(fit)
        if len(fit) == 1:
            (key,) = fit
            return self._province(text, key) or Match(*key)
        if fit:
            hints = tuple(self._label(key) for key in sorted(fit))
            said = say("place_ambiguous", value=text)
            return Match(reason=said, suggestions=hints)
        if found:
            hints = tuple(self._label(key) for key in sorted(found))
            said = say("place_other_level", value=text, level=level)
            return Match(reason=said, suggestions=hints)
        return self._superseded_name(text, wanted, level) or self._unknown(text)

    def agrees(self, key: Key, name: str) -> bool:
        """Return whether a name may be that of a place."""
        return missing(name) or key in self.by_form.get(
            _SEPARATORS.sub("", plain(name)), set()
        )

    def _coded(self, number: str, level: str) -> Match:
        levels = self.by_code.get(number, [])
        if level in levels:
            return Match(level, number)
        if level and levels:
            said = say("place_other_level", value=number, level=level)
            return Match(reason=said, suggestions=(self._label((levels[0], number)),))
        if len(levels) == 1:
            return Match(levels[0], number)
        if levels:
            # A city without districts is its own district: one area, two levels.
            return Match("city", number, remark=say("place_both", value=number))
        if number in self.gone:
            return self._superseded(number, level)
        return self._unknown(number)

    def _around(self, keys: set[Key]) -> set[Key]:
        """Take the city that holds all others meant: 长沙 is not 长沙县 in it."""
        cities = {key for key in keys if key[0] == "city"}
        inside = {self.parents.get(key, "") for key in keys - cities}
        return cities if {place for _, place in cities} == inside else keys

    def _superseded(self, old: str, level: str) -> Match:
        new, kind, name = self.gone[old]
        key = ("district", new)
        label = self._label(key)
        if kind == "renumbered" and level in ("", "district"):
            said = say("place_renumbered", old=f"{old} {name}", new=label)
            return Match(*key, remark=said)
        said = say("place_merged", old=f"{old} {name}", new=label)
        return Match(reason=said, suggestions=(label,))

    def _superseded_name(self, text: str, wanted: str, level: str) -> Match | None:
        codes = self.gone_names.get(wanted, set())
        if len(codes) == 1:
            return self._superseded(next(iter(codes)), level)
        return None

    def _province(self, text: str, key: Key) -> Match | None:
        if key[0] != "province":
            return None
        return Match(reason=say("place_province", value=text))

    def _unknown(self, text: str) -> Match:
        reason = say("place_unknown", value=text)
        return Match(reason=reason, suggestions=self._alike(text))

    def _alike(self, text: str, most: int = 3) -> tuple[str, ...]:
        """Name the places whose code or name comes nearest."""
        self._searches += 1
        if self._searches > MOST_SUGGESTED:
            return ()
        wanted = _SEPARATORS.sub("", plain(text))
        if wanted.isdigit():
            near = difflib.get_close_matches(wanted, self.by_code, n=most, cutoff=0.8)
            return tuple(self._label((self.by_code[c][0], c)) for c in near)
        if not self._letters:
            self._letters = [(form, frozenset(form)) for form in self.by_form]
        said, size = frozenset(wanted), len(wanted)
        # What shares little cannot come near.
        choices = [
            form
            for form, letters in self._letters
            if len(form) <= 3 * size and len(said & letters) >= 0.4 * len(letters)
        ]
        near = difflib.get_close_matches(wanted, choices, n=200, cutoff=0.6)
        # Of forms equally alike, one that begins the same comes first, then the
        # lower code.
        near.sort(
            key=lambda form: (
                -len(commonprefix([form, wanted])),
                -sum(map(str.__eq__, form, wanted)),
                min(place for _, place in self.by_form[form]),
            )
        )
        keys = dict.fromkeys(key for form in near for key in sorted(self.by_form[form]))
        named = [self._label(key) for key in keys if key[0] != "province"]
        return tuple(named[:most])

    def _label(self, key: Key) -> str:
        return f"{key[1]} {self.labels.get(key, '')}".strip()


def gazetteer(context: dict[str, pd.DataFrame]) -> Gazetteer:
    """Build the gazetteer of all places of a set of facts."""
    places, provinces = context["places"], context["provinces"]
    names = {(p.level, p.place): p.name_zh for p in places.itertuples()}
    names |= {("province", p.province): p.name_zh for p in provinces.itertuples()}
    above = {p.province: _forms_of_province(p) for p in provinces.itertuples()}
    by_form: dict[str, set[Key]] = defaultdict(set)
    by_code: dict[str, list[str]] = defaultdict(list)
    labels: dict[Key, str] = {}
    for p in places.itertuples():
        key = (p.level, p.place)
        by_code[p.place].append(p.level)
        own = _forms(p.name_zh)
        province = above.get(p.province, set())
        city = names.get(("city", p.parent), "") if p.level == "district" else ""
        labels[key] = p.name_zh if p.parent == p.place else city + p.name_zh
        cities = {"", *(_forms(city) if city else ())}
        if p.level == "district" and p.parent == p.province:
            cities |= {*_BETWEEN, *province}
        forms = {a + b + c for a, b, c in product({"", *province}, cities, own)}
        for form in forms | _english(p.name_en):
            by_form[_SEPARATORS.sub("", plain(form))].add(key)
    for p in provinces.itertuples():
        if ("city", p.province) not in names:
            for form in {*above[p.province], p.name_en}:
                by_form[plain(form)].add(("province", p.province))
        labels["province", p.province] = p.name_zh
    gone, gone_names = _superseded(context)
    parents = {(p.level, p.place): p.parent for p in places.itertuples()}
    return Gazetteer(parents, dict(by_form), dict(by_code), labels, gone, gone_names)


def _forms_of_province(province: tuple) -> set[str]:
    name = province.name_zh  # type: ignore[attr-defined]
    return {name, province.short_zh, _PROVINCE.sub("", name)}  # type: ignore[attr-defined]


def _superseded(
    context: dict[str, pd.DataFrame],
) -> tuple[dict[str, tuple[str, str, str]], dict[str, set[str]]]:
    """Return the codes given up, and the old names in full, with those codes."""
    gone: dict[str, tuple[str, str, str]] = {}
    by_name: dict[str, set[str]] = defaultdict(set)
    for change in context["place_changes"].itertuples():
        gone[change.old] = (change.new, change.kind, change.name_old)
        by_name[plain(change.name_old)].add(change.old)
    return gone, dict(by_name)
