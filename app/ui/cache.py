"""What is computed once and shown to everyone: the only place with Streamlit's cache.

Everything here is shared by all visitors and must not be changed by the caller.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pandas as pd
import streamlit as st

from app.commands.folder import in_use, load_facts
from app.ui import columns, search, start
from app.ui import figures as place_figures
from app.ui.my_lens_state import key as lens_key
from app.ui.my_lens_state import unfiltered
from app.ui.state import EVERYWHERE
from app.ui.words import t, words
from data import Facts, overview
from data.schema import REGIONS
from model import ahead, explain, lenses, own_doubt, own_index, score, store
from model import reasons as why
from model import thin as unseen
from model.influence import influence
from model.lenses import Compared, Lens
from model.own_index import OwnRanking
from model.own_lens import OwnLens
from model.robustness import Draws
from model.score import Model

# Labels of model.training's steps in the order they come.
STEPS = (
    *("features city", "fit city", "features district", "fit district"),
    *("evaluate", "ranges city", "ranges district"),
)
# Drawing the bar takes time from training; the end of it is noticed at once.
POLL_SECONDS = 1.0
USUAL_SECONDS = 150


class Loader:
    """Loads the model, or trains it, in a thread of its own.

    A visitor who leaves while it trains does not stop it for the others.
    """

    def __init__(self) -> None:
        self.model: Model | None = None
        self.error: Exception | None = None
        self.step = ("", 0, 0)
        self.started = time.monotonic()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            model = in_use(progress=self._progress)
            # Computed on first use otherwise, and by two visitors at once.
            _ = model.tables, model.facts.places
            self.model = model
        except Exception as error:  # noqa: BLE001  shown to the visitor
            self.error = error
            return
        finally:
            self.done.set()
        start.rest()
        # What the next pages ask for, and the next start of the server.
        _ = model.facts.firms, model.known, dict(model.rankers)
        # Without the file everything is computed when asked for.
        with contextlib.suppress(OSError):
            ahead.keep(store.folder(model.facts), model, pause=ahead.PAUSE)

    def _progress(self, steps: Iterable, label: str, total: int) -> Iterable:
        for done, step in enumerate(steps):
            self.step = (label, done, total)
            yield step
        self.step = (label, total, total)

    @property
    def seconds(self) -> int:
        """Seconds since it began."""
        return int(time.monotonic() - self.started)

    @property
    def fraction(self) -> float:
        """How far training is, from its steps; 0 while nothing is known."""
        label, done, total = self.step
        if label not in STEPS:
            return 0.0
        return (STEPS.index(label) + done / max(total, 1)) / len(STEPS)


@st.cache_resource(show_spinner=False)
def loader() -> Loader:
    """Return the one loader of this server."""
    return Loader()


def wait(lang: str) -> Model:
    """Return the model, with a progress bar while it is loaded or trained.

    Raises
    ------
    Exception
        Whatever kept the model from being loaded; the next visit tries again.
    """
    work = loader()
    if not work.done.is_set():
        spot = st.empty()
        while not work.done.wait(POLL_SECONDS):
            spot.progress(work.fraction, text=_waiting(work, lang))
        spot.empty()
    if work.error is not None:
        loader.clear()
        raise work.error
    assert work.model is not None
    return work.model


def _waiting(work: Loader, lang: str) -> str:
    label, done, total = work.step
    if not label:
        return t("app.loading", lang, seconds=work.seconds)
    key = f"app.step_{label.replace(' ', '_')}"
    step = words(lang).get(key, label)
    return t(
        "app.training",
        lang,
        step=step,
        done=done,
        total=total,
        seconds=work.seconds,
        usual=USUAL_SECONDS,
    )


@st.cache_resource(show_spinner=False)
def _facts() -> Facts:
    return load_facts()


def facts(lang: str) -> Facts:
    """Return the facts without waiting for the model.

    Raises
    ------
    DataError
        When a file of facts cannot be used; the next visit tries again.
    """
    if (model := loaded()) is not None:
        return model.facts
    with st.spinner(t("app.loading_facts", lang)):
        return _facts()


def index(facts: Facts) -> search.Index:
    """Return every figure with the names it can be found by."""
    return _index(facts.fingerprint, facts)


@st.cache_resource(show_spinner=False, max_entries=2)
def _index(key: str, _facts: Facts) -> search.Index:
    return search.Index(_facts)


def conflicts(facts: Facts) -> pd.DataFrame:
    """Return the figures that answer one question differently."""
    return _conflicts(facts.fingerprint, facts)


@st.cache_resource(show_spinner=False, max_entries=2)
def _conflicts(key: str, _facts: Facts) -> pd.DataFrame:
    return overview.conflicts(_facts)


def coverage(facts: Facts, level: str) -> pd.DataFrame:
    """Return the share of indicators each place of a level has, by pillar."""
    return _coverage(facts.fingerprint, level, facts)


@st.cache_resource(show_spinner=False, max_entries=4)
def _coverage(key: str, level: str, _facts: Facts) -> pd.DataFrame:
    return overview.coverage(_facts, level)


def loaded() -> Model | None:
    """Return the model where it is there already, without waiting for it."""
    return loader().model


def lens(facts: Facts, name: str) -> tuple[Lens, dict[str, Compared]]:
    """Return a published system and its rankings with ours beside them."""
    return _lens(facts.fingerprint, name, facts)


@st.cache_resource(show_spinner=False, max_entries=10)
def _lens(key: str, name: str, _facts: Facts) -> tuple[Lens, dict[str, Compared]]:
    system = lenses.lens(_facts, name)
    return system, lenses.compared(_facts, system)


def _key(model: Model) -> str:
    """Name what a model answers: the file it is from, and what it assumes."""
    return f"{model.manifest['sha256']} {model.assumed}"


def shared(
    function: Callable[..., Any], model: Model, *asked: Hashable, large: bool = False
) -> Any:
    """Return ``function(model, *asked)``, computed once for all visitors.

    Parameters
    ----------
    function : callable
        A function of a module, known by its name.
    model : Model
    *asked
        What an answer depends on besides; their ``repr`` names it.
    large : bool
        Whether an answer speaks of every place and segment: only some are kept.
    """
    key = f"{function.__module__}.{function.__qualname__} {_key(model)} {asked!r}"
    return (_large if large else _small)(key, function, model, asked)


@st.cache_resource(show_spinner=False, max_entries=24)
def _large(key: str, _function: Any, _model: Model, _asked: tuple[Any, ...]) -> Any:
    return _function(_model, *_asked)


@st.cache_resource(show_spinner=False, max_entries=4_096)
def _small(key: str, _function: Any, _model: Model, _asked: tuple[Any, ...]) -> Any:
    return _function(_model, *_asked)


def ranking(model: Model, segment: str, level: str) -> pd.DataFrame:
    """Return the whole ranking of a segment at a level."""
    return shared(score.ranking, model, segment, level)


def thin(model: Model, segment: str, level: str) -> frozenset[str]:
    """Return the places of a ranking that most figures are missing of."""
    return shared(unseen.thin, model, segment, level)


def names(facts: Facts, level: str, lang: str) -> dict[str, str]:
    """Return every place's name with what it belongs to, by code."""
    return _names(facts.fingerprint, level, lang, facts)


@st.cache_resource(show_spinner=False, max_entries=8)
def _names(key: str, level: str, lang: str, _facts: Facts) -> dict[str, str]:
    return columns.full_names(_facts, level, lang)


def area_names(facts: Facts, lang: str) -> dict[str, str]:
    """Return the name of every region, province and city."""
    return _area_names(facts.fingerprint, lang, facts)


@st.cache_resource(show_spinner=False, max_entries=4)
def _area_names(key: str, lang: str, _facts: Facts) -> dict[str, str]:
    provinces = _facts["provinces"]
    named = zip(provinces["province"], provinces[f"name_{lang}"], strict=True)
    regions = {name: t(f"common.area_{name}", lang) for name in (EVERYWHERE, *REGIONS)}
    return regions | short_names(_facts, "city", lang) | dict(named)


def short_names(facts: Facts, level: str, lang: str) -> dict[str, str]:
    """Return every place's name by code, a district's with its city: names repeat."""
    if level == "district":
        return names(facts, level, lang)
    return _short_names(facts.fingerprint, lang, facts)


@st.cache_resource(show_spinner=False, max_entries=4)
def _short_names(key: str, lang: str, _facts: Facts) -> dict[str, str]:
    return dict(_facts.places.loc["city", f"name_{lang}"])


def segment_names(facts: Facts, lang: str) -> dict[str, str]:
    """Return every segment's name by id."""
    return _segment_names(facts.fingerprint, lang, facts)


@st.cache_resource(show_spinner=False, max_entries=4)
def _segment_names(key: str, lang: str, _facts: Facts) -> dict[str, str]:
    return dict(_facts.segments[f"name_{lang}"])


def parts(model: Model, segment: str, level: str) -> explain.Parts:
    """Return every candidate's score in parts."""
    return shared(explain.parts, model, segment, level, large=True)


def reasons(
    model: Model, segment: str, level: str, places: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the reasons of each of some places."""
    return shared(_reasons_of, model, segment, level, tuple(places))


def _reasons_of(
    model: Model, segment: str, level: str, places: tuple[str, ...]
) -> dict[str, list[dict[str, Any]]]:
    return {place: shared(_reasons, model, segment, level, place) for place in places}


def _reasons(
    model: Model, segment: str, level: str, place: str
) -> list[dict[str, Any]]:
    held = model.ahead.get(("reasons", segment, level, place))
    if held is not None:
        return list(held)
    return why.reasons(model, parts(model, segment, level), place)


def figures(model: Model, level: str, place: str, lang: str) -> pd.DataFrame:
    """Return every figure known of a place, and of a district's city."""
    return shared(_figures, model, level, place, lang)


def _figures(model: Model, level: str, place: str, lang: str) -> pd.DataFrame:
    return place_figures.figures(model, conflicts(model.facts), level, place, lang)


def own(model: Model, lens: OwnLens) -> OwnRanking:
    """Return the ranking by a lens of the user's own."""
    return _own("rank", _key(model), lens_key(lens), "", model, lens)


def own_figures(model: Model, level: str) -> pd.DataFrame:
    """Return every figure that a lens may ask for, places x ids."""
    lens = OwnLens(level=level)
    return _own("figures", _key(model), lens_key(lens), "", model, lens)


def own_influence(model: Model, lens: OwnLens) -> pd.DataFrame:
    """Return what each weight of a lens should do, and does."""
    return _own("influence", _key(model), lens_key(lens), "", model, lens)


def own_draws(model: Model, lens: OwnLens, any_weights: bool = False) -> Draws:
    """Return the resampled ranks of a lens's places.

    Filters change who is left, not the draws: these are made once without them.
    """
    more = "any" if any_weights else ""
    bare = unfiltered(lens)
    drawn = _own("draws", _key(model), lens_key(bare), more, model, bare)
    if lens == bare:
        return drawn
    return drawn.among(own(model, lens).table["place"])


def own_drivers(model: Model, lens: OwnLens) -> pd.DataFrame:
    """Return what moves the ranks of a lens."""
    return _own("drivers", _key(model), lens_key(lens), "", model, lens)


def own_reversals(model: Model, lens: OwnLens) -> pd.DataFrame:
    """Return how the order changes when a place is left out."""
    return _own("reversals", _key(model), lens_key(lens), "", model, lens)


def own_versus(model: Model, lens: OwnLens, segment: str) -> pd.DataFrame:
    """Return where a lens and the learned ranking differ most."""
    return _own("versus", _key(model), lens_key(lens), segment, model, lens)


OWN: dict[str, Callable[[Model, OwnLens, str], Any]] = {
    "rank": lambda model, lens, _: own_index.rank(model, lens),
    "figures": lambda model, lens, _: own_index.figures(model, lens.level),
    "influence": lambda model, lens, _: influence(own(model, lens).shown),
    "draws": lambda model, lens, more: own_doubt.draws(
        model, own(model, lens), any_weights=more == "any"
    ),
    "drivers": lambda model, lens, _: own_doubt.drivers(model, own(model, lens)),
    "reversals": lambda model, lens, _: own_doubt.reversals(model, own(model, lens)),
    "versus": lambda model, lens, segment: own_index.disagreements(
        model, lens, segment
    ),
}


@st.cache_resource(show_spinner=False, max_entries=128)
def _own(
    kind: str, key: str, lens_key: str, more: str, _model: Model, _lens: OwnLens
) -> Any:
    return OWN[kind](_model, _lens, more)
