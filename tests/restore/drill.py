"""The restore drill, step by step, as docs/howto/backup-and-restore.md tells it to operators."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from deploy.local.system import System
from pasum.restore_check import compare
from shared.contracts import SERVICE_NAMES
from tests.chaos.checker import judge, read_history
from tests.chaos.history import Journal, Run, Settled
from tests.chaos.inspection import inspect_system
from tests.chaos.settle import settle
from tests.restore import history, looks, place
from tests.restore.backup import Backup, copy_database, copy_documents, copy_secrets
from tests.restore.report import Report
from tests.restore.traffic import some_traffic, traffic

WARM_UP_SECONDS: Final = 8.0
BEFORE_SECONDS: Final = 30.0
BETWEEN_SECONDS: Final = 10.0
AWAY_SECONDS: Final = 4.0
AFTER_SECONDS: Final = 12.0
AWAY: Final = ("registration-relay", "archive-consumer", place.SENDING)
"""Processes that are away around the recovery point, so that facts and messages are under way in every stage."""
PATIENCE_SECONDS: Final = 120.0
HOURS: Final = 1
LEFT_OUT: Final = ("republish", "already-sent")


@dataclass(slots=True)
class Drill:
    """The state between the steps; all data are in `folder`, histories and report in `results`.

    `leave_out` is a step that is not done (`LEFT_OUT`), to see that the drill notices it.
    """

    folder: Path
    results: Path
    console: Console
    leave_out: str = ""
    report: Report = field(default_factory=Report)
    recovery_point: float = 0.0
    earlier_point: float = 0.0

    @property
    def backup(self) -> Backup:
        """The backup of the first system."""
        return Backup(self.folder / "backup")

    def path(self, name: str) -> Path:
        """A history."""
        return self.results / f"{name}.jsonl"

    def run(self) -> None:
        """All steps; problems are in the report, errors of the servers are raised."""
        self.backup.prepare()
        self._until_the_disaster()
        with self.report.step("restore", self.console):
            old, new = self.folder / "old", self.folder / "new"
            place.restore(self.backup, until=self.recovery_point, old=old, new=new)
        self._recover()
        if not self.leave_out:
            self._without_kafka()

    def _until_the_disaster(self) -> None:
        system = place.first_system(self.folder / "old", self.backup)
        with system:
            with self.report.step("start the first system", self.console):
                system.start()
            with self.report.step("traffic, backup while it runs, disaster", self.console):
                asyncio.run(self._live(system))

    async def _live(self, system: System) -> None:
        with Journal(self.path("first")) as journal:
            journal.write(Run(at=time.time(), seed=0, minutes=1.0))
            async with traffic(system, journal, seed="first"):
                await asyncio.sleep(WARM_UP_SECONDS)
                postgres = system.folder / "postgres" / "data"
                await copy_database(system.stack.admin_dsn(), postgres, self.backup)
                await asyncio.sleep(BEFORE_SECONDS)
                self.earlier_point = time.time()
                await asyncio.sleep(BETWEEN_SECONDS)  # so that others know facts from after the earlier point
                for name in AWAY:
                    await asyncio.to_thread(system.running[name].stop)
                await asyncio.sleep(AWAY_SECONDS)
                self.recovery_point = time.time()
                for name in AWAY:
                    await asyncio.to_thread(system.restart, name)
                await asyncio.sleep(AFTER_SECONDS)
                copy_documents(system.folder, self.backup)
                copy_secrets(system.folder, self.backup)
                await asyncio.to_thread(place.destroy, system)

    def _recover(self) -> None:
        self._cut_history()
        with place.restored_system(self.folder / "new") as system:
            with self.report.step("start PostgreSQL from the backup and an empty Kafka", self.console):
                system.start()
            with self.report.step("compare, set packages aside, republish", self.console):
                self._prepare(system)
            with self.report.step("databases from different points in time", self.console):
                self._compare_with_earlier(system)
            with self.report.step("start the services, but hand over no message", self.console):
                place.start_services(system, without=(place.SENDING,))
                quiet = asyncio.run(looks.only_messages_wait(system))
                self.report.expect("everything but messages came to rest", found=quiet, wanted=True)
            with self.report.step("hand over what the providers have not had", self.console):
                self._hand_over(system)
            with self.report.step("go on with new traffic, then judge", self.console):
                asyncio.run(self._go_on(system, "restored"))

    def _cut_history(self) -> None:
        first, report = self.path("first"), self.report
        report.expect_some(
            "commands acknowledged before the recovery point", history.acknowledged(first, until=self.recovery_point)
        )
        report.figures["commands acknowledged after it, lost as expected"] = history.cut(
            first, self.recovery_point, self.path("restored")
        )

    def _prepare(self, system: System) -> None:
        """What is done before anything is started."""
        found, report = place.found(system), self.report
        compared = asyncio.run(compare(found["databases"], hours=HOURS))
        report.expect("facts forgotten by their owner", found=sum(each.forgotten for each in compared), wanted=0)
        report.expect_some("facts that some reader had not processed", sum(each.missing for each in compared))
        report.expect_some("facts committed, not published", looks.counted(found, looks.UNPUBLISHED))
        report.expect_some("facts published before", looks.counted(found, looks.KEPT))
        report.figures["packages set aside"] = len(looks.set_aside_packages(found))
        if self.leave_out == "republish":
            return
        codes = [place.command(system, service, "republish") for service in SERVICE_NAMES]
        report.expect("exit codes of republish", found=codes, wanted=[0] * len(SERVICE_NAMES))
        report.expect("facts left to republish", found=looks.counted(found, looks.KEPT), wanted=0)

    def _compare_with_earlier(self, system: System) -> None:
        """What `restore-check` says where one database was restored to an earlier point than the others."""
        restored = place.found(system)["databases"]
        with place.earlier_databases(self.backup, self.folder / "earlier", until=self.earlier_point) as earlier:
            for name, mixed, wanted in (
                ("registration older than its readers", {**restored, "registration": earlier["registration"]}, True),
                ("notification older than its readers", {**restored, "notification": earlier["notification"]}, True),
                ("all databases at the earlier point", earlier, False),
            ):
                forgotten = sum(each.forgotten for each in asyncio.run(compare(mixed, hours=HOURS)))
                self.report.figures[f"{name}: forgotten facts"] = forgotten
                self.report.expect(f"{name}: refused", found=forgotten > 0, wanted=wanted)

    def _hand_over(self, system: System) -> None:
        found, report = place.found(system), self.report
        had = looks.references(found)
        report.expect_some("messages that wait", looks.asked(found, "notification", looks.TO_BE_SENT)[0])
        listed = self.folder / "already-sent.txt"
        had = [] if self.leave_out == "already-sent" else had
        listed.write_text("".join(f"{reference}\n" for reference in had), encoding="utf-8")
        system.launch(place.SENDING, NOTIFICATION_ALREADY_SENT_FILE=str(listed))
        system.wait()
        asyncio.run(self._settled(system))
        log = (system.folder / "logs" / f"{place.SENDING}.log").read_text(encoding="utf-8")
        report.expect_some("messages that would have been sent a second time", log.count('"sent-before-restore"'))

    async def _settled(self, system: System) -> None:
        rest = await settle(system, patience=PATIENCE_SECONDS, say=lambda text: self.console.print(f"  {text}"))
        self.report.problems += [f"did not come to rest: {what}" for what in rest.stuck]

    async def _go_on(self, system: System, name: str) -> None:
        """New traffic on the restored system; then everything is read from outside and judged."""
        with Journal(self.path(name)) as journal:
            await some_traffic(system, journal, seed=name, seconds=20.0)
            await self._settled(system)
            journal.write(Settled(at=time.time()))
            await inspect_system(place.found(system), journal)
        self.report.expect(f"{name}: messages sent twice", found=history.sent_twice(self.path(name)), wanted=[])
        forgotten = history.forget_unknown_messages(self.path(name), self.path(f"{name}-judged"))
        self.report.figures[f"{name}: messages about facts that are lost"] = forgotten
        verdict = judge(read_history(self.path(f"{name}-judged")))
        self.report.verdicts[name] = verdict.as_json()
        self.report.expect(f"{name}: findings of the checker", found=len(verdict.findings), wanted=0)

    def _without_kafka(self) -> None:
        """Only Kafka is lost, with topics, offsets and producer ids; the databases are as they were."""
        with self.report.step("Kafka is lost: empty Kafka, republish, start", self.console):
            place.lose_kafka(self.folder / "new")
            history.cut(self.path("restored"), time.time(), self.path("without-kafka"))
            system = place.restored_system(self.folder / "new")
            with system:
                system.start()
                for service in SERVICE_NAMES:
                    self._expect_zero(place.command(system, service, "republish"), service)
                place.start_services(system)
                asyncio.run(self._go_on(system, "without-kafka"))

    def _expect_zero(self, code: int, service: str) -> None:
        self.report.expect(f"exit code of republish, {service}", found=code, wanted=0)
