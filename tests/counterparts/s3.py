"""Real S3 servers for tests, versitygw and MinIO: started on a free port, with buckets, accounts and policies."""

import hashlib
import hmac
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from pydantic import SecretStr

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Process, Processes, Program, inherited
from shared.adapters.settings import StoreSettings
from tests.counterparts import go, needed

REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of a server."""

    key: str
    secret: str


ROOT: Final = Account(key="root", secret="root-of-a-test")  # noqa: S106 -- of a server that lives as long as the tests


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Server:
    """One running server; `program` is the file that was started."""

    name: str
    program: Path
    process: Process
    endpoint: str
    data: Path

    def settings(self, bucket: str, account: Account = ROOT, **more: Any) -> StoreSettings:
        """How a service reaches a bucket."""
        return StoreSettings(
            kind="s3",
            endpoint=self.endpoint,
            bucket=bucket,
            access_key_id=account.key,
            secret_access_key=SecretStr(account.secret),
            **more,
        )

    def new_bucket(self) -> str:
        """The name of a new, empty bucket of the root user."""
        name = f"bucket-{uuid4().hex[:12]}"
        self.ask("PUT", f"/{name}")
        return name

    def new_account(self) -> Account:
        """A new user without any right (versitygw only)."""
        account = Account(key=f"user-{uuid4().hex[:8]}", secret=uuid4().hex)
        root = ["--access", ROOT.key, "--secret", ROOT.secret, "--endpoint-url", self.endpoint]
        new = ["create-user", "--access", account.key, "--secret", account.secret, "--role", "user"]
        subprocess.run([self.program, "admin", *root, *new], check=True, capture_output=True)
        return account

    def allow(self, bucket: str, rights: Mapping[Account, tuple[str, ...]]) -> None:
        """Replace the bucket's policy: who may do what, for example `s3:GetObject`; nobody else may do anything."""
        whole, objects = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"
        statements = [
            {
                "Effect": "Allow",
                "Principal": {"AWS": [account.key]},
                "Action": [action],
                "Resource": whole if action.endswith("Bucket") else objects,
            }
            for account, actions in rights.items()
            for action in actions
        ]
        policy = {"Version": "2012-10-17", "Statement": statements}
        self.ask("PUT", f"/{bucket}?policy=", json.dumps(policy).encode())

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """One request of the root user; its answer, which must be a good one."""
        url = f"{self.endpoint}{path}"
        answer = httpx.request(method, url, content=body, headers=_signed(method, url, body), timeout=20)
        assert answer.is_success, answer.text
        return answer.content


def environment(prefix: str, settings: StoreSettings) -> dict[str, str]:
    """What a service is told so that it has these settings: `<prefix>_KIND` and so on."""
    told = settings.model_dump(exclude_none=True)
    if settings.secret_access_key:
        told["secret_access_key"] = settings.secret_access_key.get_secret_value()
    return {f"{prefix}_{name.upper()}": str(value) for name, value in told.items()}


@contextmanager
def versitygw(folder: Path, *, options: tuple[str, ...] = (), scheme: str = "http") -> Iterator[S3Server]:
    """A versitygw over `folder`; `options` come before the name of its back end."""
    program = needed(go.program, "versitygw")
    (folder / "data").mkdir()
    (folder / "accounts").mkdir()
    port = free_port()
    before = ["--port", f"{LOOPBACK}:{port}", "--health", "/health", "--iam-dir", str(folder / "accounts"), "--quiet"]
    argv = [str(program), *before, *options, "posix", str(folder / "data")]
    secrets = {"ROOT_ACCESS_KEY": ROOT.key, "ROOT_SECRET_KEY": ROOT.secret}
    with _running("versitygw", argv, folder, secrets) as process:
        endpoint = f"{scheme}://{LOOPBACK}:{port}"
        process.wait_until_ready(lambda: _answers(f"{endpoint}/health"))
        yield S3Server(name="versitygw", program=program, process=process, endpoint=endpoint, data=folder / "data")


@contextmanager
def minio(folder: Path) -> Iterator[S3Server]:
    """A MinIO over `folder`."""
    program = needed(go.program, "minio")
    port = free_port()
    argv = [str(program), "server", "--quiet", "--address", f"{LOOPBACK}:{port}", str(folder / "data")]
    secrets = {"MINIO_ROOT_USER": ROOT.key, "MINIO_ROOT_PASSWORD": ROOT.secret, "MINIO_BROWSER": "off"}
    with _running("minio", argv, folder, secrets) as process:
        endpoint = f"http://{LOOPBACK}:{port}"
        process.wait_until_ready(lambda: _knows_buckets(endpoint))
        yield S3Server(name="minio", program=program, process=process, endpoint=endpoint, data=folder / "data")


@contextmanager
def _running(name: str, argv: list[str], folder: Path, secrets: Mapping[str, str]) -> Iterator[Process]:
    with Processes(folder) as processes:
        log = folder / f"{name}.log"
        yield processes.start(Program(name=name, argv=argv, log=log, environment=inherited(**secrets)))


def _knows_buckets(endpoint: str) -> bool:
    """Whether it refuses strangers: its own health check says yes while it still answers 503 to everybody."""
    try:
        return httpx.get(endpoint).status_code == httpx.codes.FORBIDDEN
    except httpx.TransportError:
        return False


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, verify=False).is_success  # noqa: S501 -- whether it answers, not who it is
    except httpx.TransportError:
        return False


def _signed(method: str, url: str, body: bytes) -> dict[str, str]:
    """The headers of AWS signature version 4, as the root user."""
    parts, digest = urlsplit(url), hashlib.sha256(body).hexdigest()
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    names = ";".join(headers)
    told = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"{method}\n{parts.path}\n{parts.query}\n{told}\n{names}\n{digest}"
    scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"AWS4{ROOT.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"Credential={ROOT.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return headers | {"authorization": f"AWS4-HMAC-SHA256 {credential}"}
