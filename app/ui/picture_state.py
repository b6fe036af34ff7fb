"""The place a person clicks in a picture, taken by its code."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.ui import state


@dataclass(frozen=True)
class Picture:
    """A picture of places whose marks can be clicked.

    Its key begins with ``name``; ``marks`` are the names of its selections, and
    ``keys`` the parameters a click writes (all of the ranked list by default).
    """

    name: str
    marks: tuple[str, ...]
    keys: tuple[str, ...] = ()

    def picked(self, key: str) -> set[str]:
        """Return the codes that are selected, on marks of any kind."""
        held = (st.session_state.get(key) or {}).get("selection", {})
        rows = [row for name in self.marks for row in held.get(name) or []]
        return {str(row["code"]) for row in rows if row.get("code")}

    def choose(self, key: str, codes: frozenset[str]) -> None:
        """Write the place that was clicked; one without a rank is left."""
        found = self.picked(key) - {st.session_state.get("place")}
        if new := found & codes:
            st.session_state["place"] = new.pop()
            state.write(*self.keys)

    def key(self, shown: str, place: str) -> str:
        """Return its key: a new one for another list, or an outdated selection.

        A click on the mark that is selected already is not told to the server: after
        another place was chosen elsewhere, the picture must begin anew.
        """
        turn = int(st.session_state.get(f"{self.name}-turn", 0))
        if self.picked(f"{self.name}-{shown}-{turn}") - {place}:
            turn += 1
            st.session_state[f"{self.name}-turn"] = turn
        return f"{self.name}-{shown}-{turn}"
