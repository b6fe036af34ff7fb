"""How good the ranking has proved to be, and what it is made from."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.ui import columns
from app.ui.evidence_tables import verdict
from app.ui.words import t, words
from model.score import Model


def footer(model: Model, level: str, lang: str) -> None:
    """Say how good the ranking has proved to be, and what it is made from."""
    st.divider()
    for sentence in skill(model, level, lang):
        st.caption(sentence)
    st.caption(t("recommend.known", lang, as_of=model.as_of))
    if level in model.draws:
        draws = model.draws[level].shape[1]
        st.caption(t("recommend.range_known", lang, draws=draws))
    else:
        st.caption(t("recommend.range_unknown", lang))
    with st.expander(t("recommend.sources", lang, many=len(model.facts.sources))):
        rows = model.facts.sources
        shown = pd.DataFrame(
            {
                name: columns.in_language(rows, name, lang)
                for name in ("producer", "title")
            }
        ).drop_duplicates()
        headings = columns.labels(list(shown), lang, "common")
        st.dataframe(
            shown.rename(columns=headings),
            hide_index=True,
            alt=t("data.alt_sources", lang),
        )


def skill(model: Model, level: str, lang: str) -> list[str]:
    """Return how the ranking did against the best simple rule, in a sentence each."""
    judged: Any = model.manifest.get("metrics") or []
    sentences = []
    for entry in judged:
        for task in ("all", "new"):
            result = entry["tasks"].get(task, {})
            if entry["level"] != level or not result.get("model"):
                continue
            lift = result["lift"]["ndcg@20"]
            name = result["best_baseline"]["ndcg@20"]
            sentences.append(
                t(
                    f"recommend.skill_{task}",
                    lang,
                    as_of=entry["as_of"],
                    months=entry["horizon_months"],
                    ours=f"{result['model']['ndcg@20']:.3f}",
                    best=f"{result['baselines'][name]['ndcg@20']:.3f}",
                    name=words(lang).get(f"common.baseline_{name}", name),
                    gap=f"{lift['value']:+.3f}",
                    low=f"{lift['low']:+.3f}",
                    high=f"{lift['high']:+.3f}",
                    verdict=t(f"recommend.verdict_{verdict(lift)}", lang),
                )
            )
    return sentences
