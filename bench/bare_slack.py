"""The yardstick: bolt's own async client, as its documentation shows it, which answers everything with one sentence.

A process: python -m bench.bare_slack, with SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_API_URL.
"""

import asyncio
import os
import sys

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

READY = "The bare client listens."


async def main() -> None:
    app = AsyncApp(client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))

    @app.event("message")
    async def said(say: AsyncSay) -> None:
        await say("A constant.")

    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]
    sys.stderr.write(READY + "\n")
    sys.stderr.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
