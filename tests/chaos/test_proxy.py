"""The proxy: what it does to the bytes of a connection in each of its modes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.ports import LOOPBACK
from tests.chaos.proxy import Mode, Proxies

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A server that says back what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self.connections: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(1000):
                self.heard += piece
                writer.write(piece)
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
def proxies() -> Iterator[Proxies]:
    with Proxies() as started:
        yield started


@pytest.fixture
async def echo(proxies: Proxies) -> AsyncIterator[tuple[Echo, int]]:
    server = Echo()
    listening = await asyncio.start_server(server.serve, LOOPBACK, 0)
    yield server, listening.sockets[0].getsockname()[1]
    for name in proxies.names:
        await asyncio.to_thread(proxies.cut, name)
    listening.close()
    await asyncio.gather(*(each for each in server.connections if each))


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """A client's connection."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def say(connection: Connection, text: bytes) -> bytes:
    """What comes back; nothing where the connection is reset or closed."""
    reader, writer = connection
    try:
        writer.write(text)
        return await reader.read(1000)
    except ConnectionError:
        return b""


async def test_an_open_proxy_carries_both_ways(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "echo", echo[1])
    async with connected(port) as connection:
        assert [await say(connection, b"one"), await say(connection, b"two")] == [b"one", b"two"]


async def test_the_end_of_what_a_client_says_reaches_the_server_and_its_answer_the_client(
    proxies: Proxies, echo: tuple[Echo, int]
) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "echo", echo[1])
    async with connected(port) as (reader, writer):
        writer.write(bytes(300_000))
        writer.write_eof()
        assert await reader.read() == bytes(300_000)


async def test_a_cut_ends_connections_and_not_the_proxy(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "echo", echo[1])
    async with connected(port) as connection:
        await say(connection, b"one")
        assert await asyncio.to_thread(proxies.cut, "echo") == 1
        assert await say(connection, b"two") == b""
    async with connected(port) as connection:
        assert await say(connection, b"three") == b"three"


async def test_who_is_refused_is_reset(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "echo", echo[1])
    await asyncio.to_thread(proxies.switch, "echo", Mode.REFUSING)
    async with connected(port) as connection:
        assert await say(connection, b"one") == b""
    assert echo[0].heard == b""


async def test_a_half_open_connection_is_silent_until_it_is_reset(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "echo", echo[1])
    async with connected(port) as connection:
        await say(connection, b"one")
        await asyncio.to_thread(proxies.switch, "echo", Mode.HALF_OPEN)
        asking = asyncio.create_task(say(connection, b"two"))
        assert await asyncio.wait({asking}, timeout=0.3) == (set(), {asking})
        await asyncio.to_thread(proxies.switch, "echo", Mode.OPEN)
        assert await asking == b""
    assert echo[0].heard == b"one"


async def test_a_deaf_server_has_heard_what_it_never_answers(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "sms", echo[1])
    await asyncio.to_thread(proxies.switch, "sms", Mode.DEAF)
    async with connected(port) as connection:
        assert await say(connection, b"one") == b""
    assert echo[0].heard == b"one"


async def test_a_deaf_mailbox_keeps_the_mail_and_never_says_so(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "smtp", echo[1])
    await asyncio.to_thread(proxies.switch, "smtp", Mode.DEAF)
    async with connected(port) as connection:
        assert await say(connection, b"DATA\r\n") == b"DATA\r\n"
        assert await say(connection, b"text\r\n.\r\n") == b""
    assert echo[0].heard == b"DATA\r\ntext\r\n.\r\n"


@pytest.mark.parametrize(("name", "said"), [("sms", b"HTTP/1.1 500 "), ("smtp", b"421 4.3.2 se")])
async def test_a_failing_server_says_so(proxies: Proxies, echo: tuple[Echo, int], name: str, said: bytes) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, name, echo[1])
    await asyncio.to_thread(proxies.switch, name, Mode.FAILING)
    async with connected(port) as connection:
        answer = await say(connection, b"POST / HTTP/1.1\r\n\r\n")
    assert (answer[: len(said)], echo[0].heard) == (said, b"")


async def test_a_slow_server_answers_after_both_waits(proxies: Proxies, echo: tuple[Echo, int]) -> None:
    port = await asyncio.to_thread(proxies.proxy_port, "echo", echo[1])
    await asyncio.to_thread(proxies.switch, "echo", Mode.SLOW, seconds=0.1)
    begun = asyncio.get_running_loop().time()
    async with connected(port) as connection:
        assert await say(connection, b"one") == b"one"
    assert asyncio.get_running_loop().time() - begun >= 0.2
