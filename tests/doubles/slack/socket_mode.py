"""Socket Mode: single-use addresses, at most ten connections, envelopes and their acknowledgements."""

import asyncio
import json
import secrets
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from tests.doubles.slack.delivery import Answer, Delivery, Post
from tests.doubles.slack.records import Json

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    """A live WebSocket. deaf: envelopes vanish and acknowledgements are not heard; mute: not even pongs come back."""

    ws: web.WebSocketResponse
    deaf: bool = False
    mute: bool = False


class SocketMode:
    """The server's side of Socket Mode; a transport for deliveries."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.tickets: set[str] = set()
        self.connections: list[Connection] = []
        self.waiting: dict[str, asyncio.Future[Json | None]] = {}
        self.answered: set[str] = set()
        self.opened = 0
        self._turn = 0

    def ticket(self) -> str:
        """A new single-use ticket."""
        ticket = secrets.token_hex(12)
        self.tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET /link/?ticket=...: one client's connection, for as long as it lasts."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            self.post.violate("api", "socket", "a WebSocket address was used twice or made up")
            raise web.HTTPForbidden(text="ticket not valid")
        self.tickets.discard(ticket)
        ws = web.WebSocketResponse(autoping=False, timeout=1.0)
        await ws.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await ws.send_json(
                {"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "double"}}
            )
            await ws.close()
            return ws
        connection = Connection(ws)
        self.connections.append(connection)
        self.opened += 1
        try:
            await ws.send_json(self._hello())
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
        return ws

    def _hello(self) -> Json:
        debug = {"host": "double", "started": "", "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": debug,
            "connection_info": {"app_id": self.post.app_id},
        }

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.ws:
            if message.type == WSMsgType.PING and not connection.mute:
                await connection.ws.pong(message.data)
            elif message.type == WSMsgType.TEXT and not connection.deaf:
                self._acknowledge(message.data)

    def _acknowledge(self, text: str) -> None:
        try:
            ack = json.loads(text)
            envelope_id = ack["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self.post.violate("ack", "socket", "a message that is no acknowledgement")
            return
        waiting = self.waiting.pop(envelope_id, None)
        if waiting is not None and not waiting.done():
            self.answered.add(envelope_id)
            waiting.set_result(ack.get("payload"))
        else:
            late = "twice" if envelope_id in self.answered else "late, or of an unknown envelope"
            self.post.violate("ack", "socket", f"an acknowledgement {late}")

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> Answer:
        """One envelope to one of the connections in turn; acknowledged within the time given or not."""
        live = [connection for connection in self.connections if not connection.ws.closed]
        if not live:
            return Answer(ok=False, reason="no_connection")
        self._turn += 1
        connection = live[self._turn % len(live)]
        envelope: Json = {
            "envelope_id": secrets.token_hex(16),
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.accepts_response,
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self.waiting[envelope["envelope_id"]] = waiting
        try:
            if not connection.deaf:
                await connection.ws.send_json(envelope)
            payload = await asyncio.wait_for(waiting, self.post.ack_timeout)
        except (TimeoutError, ConnectionError):
            return Answer(ok=False, reason="timeout")
        finally:
            self.waiting.pop(envelope["envelope_id"], None)
        return Answer(ok=True, payload=payload)

    # -- what goes wrong with sockets

    def go_deaf(self, pongs: bool = True) -> None:
        """The connections open now stay open and say nothing any more; with pongs=False not even pongs."""
        for connection in self.connections:
            connection.deaf, connection.mute = True, not pongs

    async def refresh(self, grace: float = 0.1) -> None:
        """Slack's routine: a warning, then refresh_requested, then the old connections are closed."""
        old = list(self.connections)
        for reason in ("warning", "refresh_requested"):
            for connection in old:
                if not connection.ws.closed:
                    note = {"type": "disconnect", "reason": reason, "debug_info": {"host": "double"}}
                    await connection.ws.send_json(note)
            await asyncio.sleep(grace)
        await self.drop(old)

    async def drop(self, connections: list[Connection] | None = None) -> None:
        """Close these connections (all of them), without a word of warning."""
        for connection in list(self.connections) if connections is None else connections:
            await connection.ws.close()
