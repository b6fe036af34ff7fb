"""Visitors without a browser: they ask a Streamlit server as its own front end does.

A visitor has a machine of their own; ten browsers on the machine of the server would
measure the browsers. These open a session each, ask for a segment by the URL, and wait
for the server's answer.
"""

from __future__ import annotations

import asyncio
import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

SECOND = 1.0
LARGEST = 2**26


async def visitor(address: str) -> ClientConnection:
    """Open a session."""
    stream = address.replace("http://", "ws://") + "/_stcore/stream"
    return await connect(stream, subprotocols=["streamlit"], max_size=LARGEST)


async def ask(session: ClientConnection, segment: str) -> tuple[float, float]:
    """Ask for a segment; return the seconds until its table and until all of it."""
    message = BackMsg()
    message.rerun_script.query_string = f"segment={segment}"
    start, table = time.perf_counter(), 0.0
    await session.send(message.SerializeToString())
    async for content in session:
        told = ForwardMsg.FromString(content)
        kind = told.WhichOneof("type")
        if kind == "delta" and told.delta.new_element.HasField("dataframe"):
            table = table or time.perf_counter() - start
        if kind == "script_finished":
            return table, time.perf_counter() - start
    raise ConnectionError("the server closed the session")


async def acts(
    session: ClientConnection, segments: list[str], count: int, late: float = 0.0
) -> list[tuple[float, float]]:
    """Ask once a second, each time for another segment; begin ``late`` seconds on."""
    await asyncio.sleep(late)
    found = []
    for number in range(count):
        start = time.monotonic()
        found.append(await ask(session, segments[number % len(segments)]))
        await asyncio.sleep(max(0.0, SECOND - (time.monotonic() - start)))
    return found


async def together(
    address: str, many: int, segments: list[str], count: int
) -> list[tuple[float, float]]:
    """Return the answers of some visitors at once, spread over the second."""
    sessions = [await visitor(address) for _ in range(many)]
    for session in sessions:
        await ask(session, segments[-1])
    asked = [
        acts(session, segments[number % 2 :], count, number * SECOND / many)
        for number, session in enumerate(sessions)
    ]
    answers = await asyncio.gather(*asked)
    for session in sessions:
        await session.close()
    return [one for some in answers for one in some]
