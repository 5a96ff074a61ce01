"""A way from one port to another, which a test opens when it likes."""

import asyncio
import ssl
from contextlib import suppress


async def forward(listening: int, to: int, *, tls: ssl.SSLContext | None = None) -> asyncio.Server:
    """Listen, with TLS where it is given, and pass everything on to the port `to`; the caller closes the server."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            while octets := await reader.read(65_536):
                writer.write(octets)
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outward, inward = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(pipe(reader, inward), pipe(outward, writer))

    return await asyncio.start_server(connected, "127.0.0.1", listening, ssl=tls)
