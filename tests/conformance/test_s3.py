"""What only an S3 server can do: refuse, not answer, answer with errors, keep one user out of another's bucket."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local.ports import LOOPBACK, free_port
from services.archive.main import package_store
from shared.adapters.s3_bucket import Bucket
from shared.adapters.settings import StoreSettings
from shared.adapters.stores import object_store
from shared.kernel import Unavailable
from shared.objects import ObjectMissing, ObjectStore, StoreMisconfigured
from tests.conformance.counterparts import Conversation, talking
from tests.counterparts import s3
from tests.counterparts.s3 import ROOT, Account, S3Server
from tests.tls import private_authority

TEXT = "text/plain"
SOMEBODY = Account(key="nobody-by-this-name", secret=ROOT.secret)
WRONG_PASSWORD = Account(key=ROOT.key, secret="not-the-secret-of-root")  # noqa: S106 -- a wrong one
WRITE = ("s3:GetObject", "s3:PutObject", "s3:ListBucket")
READ = ("s3:GetObject", "s3:ListBucket")


@pytest.fixture(params=["versitygw", "minio"])
def server(request: pytest.FixtureRequest) -> S3Server:
    found: S3Server = request.getfixturevalue(request.param)
    return found


async def each_refusal(store: ObjectStore) -> list[str]:
    """What reading, writing, looking for and checking say."""
    address = "00" * 32
    said = []
    reading = (store.get(address), store.exists(address), store.check())
    for attempt in (*reading, store.put(b"x", media_type=TEXT), store.discard(address)):
        with pytest.raises(Unavailable) as refused:
            await attempt
        said.append(str(refused.value))
    return said


async def test_a_bucket_that_does_not_exist_is_named(server: S3Server) -> None:
    said = await each_refusal(object_store(server.settings("not-there")))
    where = f"object store: bucket not-there at {server.endpoint}"
    assert set(said) == {f"{where}: there is no such bucket (404 NoSuchBucket)"}


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (SOMEBODY, "the access key is unknown (403 InvalidAccessKeyId)"),
        (WRONG_PASSWORD, "the secret access key is wrong (403 SignatureDoesNotMatch)"),
    ],
)
async def test_wrong_credentials_are_named(server: S3Server, account: Account, reason: str) -> None:
    bucket = server.new_bucket()
    store = object_store(server.settings(bucket, account))
    with pytest.raises(StoreMisconfigured) as refused:
        await store.check()
    assert str(refused.value) == f"object store: bucket {bucket} at {server.endpoint}: {reason}"
    reading = (store.get("00" * 32), store.exists("00" * 32))
    for attempt in (*reading, store.put(b"x", media_type=TEXT), store.discard("00" * 32)):
        with pytest.raises(StoreMisconfigured):
            await attempt


async def test_who_may_only_read_is_refused_when_he_writes(versitygw: S3Server) -> None:
    reader, bucket = versitygw.new_account(), versitygw.new_bucket()
    versitygw.allow(bucket, {reader: READ})
    ref = await object_store(versitygw.settings(bucket)).put(b"a document", media_type=TEXT)
    store = object_store(versitygw.settings(bucket, reader))
    assert await store.get(ref.sha256) == b"a document"
    await store.check()
    for attempt in (store.put(b"another", media_type=TEXT), store.discard(ref.sha256)):
        with pytest.raises(StoreMisconfigured, match="no right to do this"):
            await attempt
    assert await store.get(ref.sha256) == b"a document"
    with pytest.raises(ObjectMissing):
        await store.get("00" * 32)


async def test_minutes_and_archive_are_kept_out_of_what_is_not_theirs(versitygw: S3Server) -> None:
    minutes, archive = versitygw.new_account(), versitygw.new_account()
    documents, packages = versitygw.new_bucket(), versitygw.new_bucket()
    versitygw.allow(documents, {minutes: WRITE, archive: READ})
    versitygw.allow(packages, {archive: WRITE})
    ref = await object_store(versitygw.settings(documents, minutes)).put(b"minutes", media_type=TEXT)
    assert await object_store(versitygw.settings(documents, archive)).get(ref.sha256) == b"minutes"
    for refused in (
        object_store(versitygw.settings(documents, archive)).put(b"forged", media_type=TEXT),
        object_store(versitygw.settings(documents, archive)).discard(ref.sha256),
        package_store(versitygw.settings(packages, minutes)).names(),
        package_store(versitygw.settings(packages, minutes)).check(),
        object_store(versitygw.settings(packages, minutes)).put(b"forged", media_type=TEXT),
    ):
        with pytest.raises(StoreMisconfigured, match="no right to do this"):
            await refused


def settings_of(endpoint: str, **more: float | Path) -> StoreSettings:
    secret = SecretStr(ROOT.secret)
    return StoreSettings.model_validate(
        {"kind": "s3", "endpoint": endpoint, "bucket": "documents", "access_key_id": "k", "secret_access_key": secret}
        | more
    )


async def test_a_store_that_is_not_there_does_not_answer() -> None:
    endpoint = f"http://{LOOPBACK}:{free_port()}"
    said = await each_refusal(object_store(settings_of(endpoint)))
    assert set(said) == {f"object store: bucket documents at {endpoint}: it does not answer (Connect)"}


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def overload(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = b"<Error><Code>SlowDown</Code></Error>"
    writer.write(b"HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await writer.drain()


@pytest.mark.parametrize(
    ("conversation", "said"), [(silence, "it does not answer (Timeout)"), (overload, "it answers 503 SlowDown")]
)
async def test_a_store_in_trouble_is_unavailable(conversation: Conversation, said: str) -> None:
    async with talking(conversation) as port:
        store = object_store(settings_of(f"http://{LOOPBACK}:{port}", timeout_seconds=0.1))
        for attempt in (store.get("00" * 32), store.check()):
            with pytest.raises(Unavailable) as refused:
                await attempt
            assert (type(refused.value), str(refused.value).rpartition(": ")[2]) == (Unavailable, said)


async def refusal_before_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As versitygw does it: it closes while the client still sends; whether the answer is read is a matter of luck."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HEAD"):
        moment = b"Thu, 26 Nov 2026 00:00:00 GMT"
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nLast-Modified: %s\r\nETag: "1"\r\n\r\n' % moment)
        await writer.drain()


async def test_an_upload_that_broke_off_because_the_object_exists_is_no_failure() -> None:
    async with talking(refusal_before_the_body) as port:
        bucket = Bucket(settings_of(f"http://{LOOPBACK}:{port}"))
        assert await bucket.create("key", bytes(8 * 2**20), media_type=TEXT) is False


@pytest.fixture
def with_own_ca(tmp_path: Path) -> Iterator[tuple[S3Server, Path]]:
    """A server whose certificate no system trusts, and the CA that has signed it."""
    files = private_authority(tmp_path)
    (tmp_path / "server").mkdir()
    options = ("--cert", str(files.certificate), "--key", str(files.key))
    with s3.versitygw(tmp_path / "server", options=options, scheme="https") as server:
        yield server, files.ca


async def test_a_ca_of_our_own_is_trusted_where_it_is_given(
    with_own_ca: tuple[S3Server, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, ca = with_own_ca
    (server.data / "documents").mkdir()
    await object_store(server.settings("documents", ca_file=ca)).check()
    with monkeypatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(ca))
        await object_store(server.settings("documents")).check()
    with pytest.raises(StoreMisconfigured, match=r"its certificate is not trusted \(UnknownIssuer\)"):
        await object_store(server.settings("documents")).check()
