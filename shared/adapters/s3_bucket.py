"""One bucket of any store that speaks S3, on which the adapters for it stand.

`obstore` is called in threads of its own, never by its asynchronous functions: when a process ends soon after one of
these, it sometimes aborts (https://github.com/PyO3/pyo3-async-runtimes/issues/40).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store as Client

from shared.adapters.settings import StoreSettings
from shared.kernel import Unavailable
from shared.objects import PIECE_BYTES, StoreMisconfigured

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import ClientConfig, RetryConfig

THREADS: Final = 8  # as many as one worker runs jobs at a time
PART_BYTES: Final = 8 * 1024 * 1024  # S3 accepts no parts under 5 MiB except the last
PARTS_AT_ONCE: Final = 2
CONNECT_SECONDS: Final = 3.0
REQUEST_SECONDS: Final = 40.0  # less than a job's attempt may take
CHECK_SECONDS: Final = 2.0
_RETRY: Final["RetryConfig"] = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}
_ONCE: Final["RetryConfig"] = {"max_retries": 0}
_CODE: Final = re.compile(r"<Code>(\w+)</Code>")
_STATUS: Final = re.compile(r"status code: (\d{3})")
_REFUSED: Final = {
    "NoSuchBucket": "there is no such bucket",
    "InvalidAccessKeyId": "the access key is unknown",
    "SignatureDoesNotMatch": "the secret access key is wrong",
    "AccessDenied": "this access key has no right to do this",
    "RequestTimeTooSkewed": "the clocks differ too much",
}
_TRY_AGAIN: Final = {"408", "409", "429"}
_UNTRUSTED: Final = re.compile(r"InvalidCertificate\(\s*(\w+)")
_KIND: Final = re.compile(r"HttpError \{\s*kind: (\w+)")  # Connect, Timeout …
T = TypeVar("T")


class Bucket:
    """One bucket with the credentials of one user; every method raises `Unavailable` or `StoreMisconfigured`.

    Uploads carry a SHA-256 that the store compares with what it has received.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._name = f"bucket {settings.bucket} at {settings.endpoint or 'AWS'}"
        self._client = _client(settings, seconds=settings.timeout_seconds, retry=_RETRY)
        self._asked = _client(settings, seconds=min(settings.timeout_seconds, CHECK_SECONDS), retry=_ONCE)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"s3-{settings.bucket}")

    async def create(self, key: str, data: bytes, *, media_type: str) -> bool:
        """Store the bytes, unless there is something under this key already: then returns False.

        A server may refuse a large body before it has read it, and close the connection. So if an upload breaks off, we
        ask whether there is something; it may also be what an attempt of ours has stored.
        """
        try:
            await self._call(
                obstore.put,
                self._client,
                key,
                data,
                mode="create",
                use_multipart=False,
                attributes={"Content-Type": media_type},
            )
        except AlreadyExistsError:
            return False
        except Unavailable:
            if await self._is_there(key):
                return False
            raise
        return True

    async def upload(self, key: str, file: Path, *, media_type: str) -> None:
        """Store a file of any size part by part, all of it or nothing; it replaces what is there."""
        attributes = {"Content-Type": media_type}
        await self._call(
            obstore.put,
            self._client,
            key,
            file,
            use_multipart=True,
            chunk_size=PART_BYTES,
            max_concurrency=PARTS_AT_ONCE,
            attributes=attributes,
        )

    async def read(self, key: str) -> bytes | None:
        """The bytes, or None if there is nothing under this key."""
        pieces = await self.open(key)
        return None if pieces is None else b"".join([piece async for piece in pieces])

    async def open(self, key: str) -> AsyncIterator[bytes] | None:
        """The bytes piece by piece, or None if there is nothing under this key."""
        try:
            found = await self._call(obstore.get, self._client, key)
        except FileNotFoundError:
            return None
        return self._pieces(found)

    async def exists(self, key: str) -> bool:
        """Whether there is something under this key."""
        try:
            await self._call(obstore.head, self._client, key)
        except FileNotFoundError:
            await self.check()  # the answer to HEAD does not say whether only the key is missing, or the bucket
            return False
        return True

    async def _is_there(self, key: str) -> bool:
        """The same, asked once and shortly; False also if there is no answer."""
        try:
            await self._call(obstore.head, self._asked, key)
        except (FileNotFoundError, Unavailable):
            return False
        return True

    async def keys(self, prefix: str) -> list[str]:
        """All keys that begin with the prefix, which ends with a slash."""
        listed = await self._call(lambda: obstore.list(self._client, prefix).collect())
        return [one["path"] for one in listed]

    async def delete(self, key: str) -> None:
        """Remove what is under this key, if anything is."""
        await self._call(obstore.delete, self._client, key)

    async def check(self) -> None:
        """Return if the bucket exists and these credentials may list it; waits `CHECK_SECONDS` for the answer."""
        await self._call(obstore.list_with_delimiter, self._asked, "check")

    async def _pieces(self, found: "GetResult") -> AsyncIterator[bytes]:
        stream = found.stream(min_chunk_size=PIECE_BYTES)
        while (piece := await self._call(partial(next, stream, None))) is not None:
            yield bytes(piece)

    async def _call(self, work: Callable[..., T], /, *args: Any, **options: Any) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, partial(work, *args, **options))
        except (BaseError, FileNotFoundError) as error:
            raise _translated(error, self._name) from error


def _client(settings: StoreSettings, *, seconds: float, retry: "RetryConfig") -> Client:
    secret = settings.secret_access_key
    endpoint = settings.endpoint
    if endpoint and not settings.path_style:
        endpoint = endpoint.replace("://", f"://{settings.bucket}.", 1)
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=min(seconds, CONNECT_SECONDS)),
        "read_timeout": timedelta(seconds=seconds),
        "timeout": timedelta(seconds=REQUEST_SECONDS),
        "allow_http": bool(endpoint and endpoint.startswith("http:")),
    }
    if settings.ca_file:
        options["root_certificate"] = settings.ca_file.read_bytes()
    return Client(
        settings.bucket,
        config={
            **({"endpoint": endpoint} if endpoint else {}),
            "region": settings.region,
            "access_key_id": settings.access_key_id or "",
            "secret_access_key": secret.get_secret_value() if secret else "",
            "virtual_hosted_style_request": not settings.path_style,
            "checksum_algorithm": "SHA256",
            "disable_bulk_delete": True,  # not every server has it
        },
        client_options=options,
        retry_config=retry,
    )


def _translated(error: Exception, name: str) -> Exception:
    """What a method raises instead: the same for a missing key or one that exists, otherwise `Unavailable`."""
    text = str(error)
    code, status, distrust, kind = (
        found.group(1) if (found := each.search(text)) else "" for each in (_CODE, _STATUS, _UNTRUSTED, _KIND)
    )
    if isinstance(error, AlreadyExistsError) or (isinstance(error, FileNotFoundError) and code != "NoSuchBucket"):
        return error
    said = " ".join(word for word in (status, code) if word)
    if status.startswith("4") and status not in _TRY_AGAIN:
        return StoreMisconfigured(f"object store: {name}: {_REFUSED.get(code, 'it refuses')} ({said})")
    if distrust:
        return StoreMisconfigured(f"object store: {name}: its certificate is not trusted ({distrust})")
    return Unavailable(f"object store: {name}: {f'it answers {said}' if said else f'it does not answer ({kind})'}")
