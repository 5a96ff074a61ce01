"""The drills, the most important first, and why some alerts have none."""

from typing import Final

from tests.alerts.runbooks import database_faults, faults, minutes_faults, process_faults
from tests.alerts.runbooks.drill import Drill

DRILLS: Final = (
    Drill(
        alert="PasumServiceDown",
        fault="The only worker of notification is stopped.",
        make=lambda office: office.kubectl.stop("notification-worker"),
    ),
    Drill(
        alert="PasumDatabaseUnreachable",
        fault="PostgreSQL is killed.",
        make=faults.stop_postgres,
        others=faults.start_postgres,
        others_do="PostgreSQL is started by its operators.",
    ),
    Drill(
        alert="PasumKafkaUnreachable",
        fault="Kafka is killed, and the relay of registration has to start anew.",
        make=faults.kill_kafka,
        others=faults.start_kafka,
        others_do="Kafka is started by its operators.",
    ),
    Drill(
        alert="PasumOutboxStands",
        fault="Kafka hangs (SIGSTOP), and somebody registers.",
        make=faults.pause_kafka,
        others=faults.resume_kafka,
        others_do="Kafka is continued by its operators.",
    ),
    Drill(
        alert="PasumPartitionUnreadable",
        fault="Kafka hangs (SIGSTOP) for longer than 30 s.",
        make=faults.pause_kafka,
        others=faults.resume_kafka,
        others_do="Kafka is continued by its operators.",
    ),
    Drill(
        alert="PasumJobsOverdue",
        fault="The SMS gateway hangs (SIGSTOP), and 120 people register.",
        make=faults.pause_gateway,
        others=faults.resume_gateway,
        others_do="The gateway is continued by its operators.",
    ),
    Drill(
        alert="PasumConsumerHalted",
        fault=f"Notification has a defect (a trigger of its database), and {database_faults.MANY} people are recorded.",
        make=database_faults.defect(database_faults.MANY),
        others=database_faults.without_trigger("notification"),
        others_do="The corrected release is installed.",
        cause="code",
    ),
    Drill(
        alert="PasumKeysWait",
        fault="Notification has a defect (a trigger of its database), and 20 people are recorded.",
        make=database_faults.defect(20),
        others=database_faults.without_trigger("notification"),
        others_do="The corrected release is installed.",
        variables=faults.letters,
        cause="code",
    ),
    Drill(
        alert="PasumDeadLettersOld",
        fault="An event that cannot have happened, and nobody looks.",
        make=faults.impossible_event,
        variables=faults.letters,
        cause="data",
    ),
    Drill(
        alert="PasumDeadLetters",
        fault="An event that cannot have happened.",
        make=faults.impossible_event,
        variables=faults.letters,
        cause="data",
    ),
    Drill(
        alert="PasumOutboxKeyParked",
        fault="Registration may no longer write the topic of meetings, and somebody registers.",
        make=faults.unwritable_topic,
        others=faults.give_rights_back,
        others_do="The operators of Kafka apply `deploy/topics.yaml` again.",
        variables=faults.parked_keys,
    ),
    Drill(
        alert="PasumFetchFails",
        fault="Notification may no longer read the topic of meetings.",
        make=faults.unreadable_topic,
        others=faults.give_rights_back,
        others_do="The operators of Kafka apply `deploy/topics.yaml` again.",
    ),
    Drill(
        alert="PasumJobsDead",
        fault="A job of notification whose 40 attempts have failed (a row of its table).",
        make=faults.dead_job,
    ),
    Drill(
        alert="PasumHttpAvailabilityBurnsFast",
        fault="PostgreSQL is killed while people register.",
        make=faults.stop_postgres,
        meanwhile=lambda office: office.register(2),
        others=faults.start_postgres,
        others_do="PostgreSQL is started by its operators.",
    ),
    Drill(
        alert="PasumMessagesHandedOverBurnsFast",
        fault="The SMS gateway hangs for more than 10 s, and 120 people register.",
        make=faults.slow_gateway,
    ),
    Drill(
        alert="PasumFactsConsumedBurnsFast",
        fault="The consumer of notification hangs (SIGSTOP) for twelve seconds, while forty people register.",
        make=faults.slow_consumer,
    ),
    Drill(
        alert="PasumIssuerUnavailable",
        fault="The token issuer is stopped, and somebody comes with a token whose key is new.",
        make=faults.stop_issuer,
        meanwhile=faults.unknown_key,
        others=lambda office: office.system.restart("issuer"),
        others_do="The issuer is started by its operators.",
    ),
    Drill(
        alert="PasumClockSkew",
        fault="The clock of a node is two minutes slow (libfaketime).",
        make=process_faults.slow_clock,
        meanwhile=faults.draft,
        others=process_faults.as_before(process_faults.API),
        others_do="The node follows its time server again.",
    ),
    Drill(
        alert="PasumSequenceGaps",
        fault="The fifth event of a meeting arrives, and its first four do not.",
        make=faults.event_out_of_sequence,
    ),
    Drill(
        alert="PasumHttpLatencyBurnsFast",
        fault="Each registration takes the database 1.5 s (a trigger), and people register.",
        make=database_faults.slow_answers,
        meanwhile=lambda office: office.register(1),
        others=database_faults.without_trigger("registration"),
        others_do="The operators of PostgreSQL remove what is slow.",
    ),
    Drill(
        alert="PasumSchemaMismatch",
        fault="The archive's database has had no migration (it says so).",
        make=database_faults.old_schema,
        meanwhile=process_faults.probed("archive-api"),
        others=database_faults.schema_as_before,
        others_do="The migration is carried out (the database says so).",
    ),
    Drill(
        alert="PasumFileUnusable",
        fault="The API of registration starts without the key of tickets.",
        make=process_faults.key_away,
        others=lambda office: process_faults.back(office, process_faults.key_of_tickets(office)),
        others_do="The secret is corrected.",
    ),
    Drill(
        alert="PasumObjectStoreUnavailable",
        fault="The volume of documents is not mounted.",
        make=lambda office: process_faults.unmounted(office, process_faults.documents(office)),
        meanwhile=process_faults.probed("minutes-worker"),
        others=lambda office: process_faults.mounted(office, process_faults.documents(office)),
        others_do="The volume is mounted again by its operators.",
    ),
    Drill(
        alert="PasumRestartsOften",
        fault="The worker of registration starts five times.",
        make=process_faults.again_and_again,
    ),
    Drill(
        alert="PasumRateLimited",
        fault="One address may read once a minute, and reads without end.",
        make=process_faults.started_with(process_faults.API, REGISTRATION_ANONYMOUS_READS_PER_MINUTE="1"),
        meanwhile=process_faults.read_much,
        others=process_faults.as_before(process_faults.API),
        others_do="The limit is raised.",
    ),
    Drill(
        alert="PasumMessagesStand",
        fault="The SMS gateway hangs (SIGSTOP), and 120 people register.",
        make=faults.pause_gateway,
        others=faults.resume_gateway,
        others_do="The gateway is continued by its operators.",
    ),
    Drill(
        alert="PasumMessagesSuppressed",
        fault=f"No SMS may go to Laos, and {database_faults.MANY} people register.",
        make=process_faults.nothing_to_laos,
        others=process_faults.as_before("notification-worker"),
        others_do="The country code is added.",
    ),
    Drill(
        alert="PasumConsumerLagGrows",
        fault=f"Notification takes in 20 people a second; {database_faults.CROWD:,} are recorded, then 40 a second.",
        make=database_faults.slow_reader,
        meanwhile=lambda office: faults.send_people(office, 20),
        others=database_faults.without_trigger("notification"),
        others_do="The operators of PostgreSQL remove what is slow.",
    ),
    Drill(
        alert="PasumMessagesFail",
        fault=f"{database_faults.MANY} people register with numbers that the operator does not know.",
        make=process_faults.unknown_numbers,
    ),
    Drill(
        alert="PasumMinutesUnsigned",
        fault="The object store of minutes is away, and minutes are approved.",
        make=minutes_faults.approved_without_documents,
        others=lambda office: process_faults.mounted(office, process_faults.documents(office)),
        others_do="The volume is mounted again by its operators.",
    ),
    Drill(
        alert="PasumMinutesSignedBurnsFast",
        fault="The object store of minutes is away for a minute after two approvals.",
        make=minutes_faults.signed_late,
    ),
    Drill(
        alert="PasumRecordsUnsealed",
        fault="The package store of the archive is away, and minutes are published.",
        make=minutes_faults.published_without_archive,
        others=lambda office: process_faults.mounted(office, minutes_faults.packages(office)),
        others_do="The volume is mounted again by its operators.",
    ),
    Drill(
        alert="PasumCertificateExpires",
        fault="The signers' certificates end in 20 days.",
        make=minutes_faults.certificates_end(days=20),
        others=minutes_faults.new_certificates,
        others_do="The certification authority gives new ones.",
    ),
    Drill(
        alert="PasumCertificateExpiresSoon",
        fault="The signers' certificates end in 5 days.",
        make=minutes_faults.certificates_end(days=5),
        others=minutes_faults.new_certificates,
        others_do="The certification authority gives new ones.",
    ),
)

_SLOW: Final = "The fault and the commands are those of `{fast}`; its window of a day shows the same later."
NOT_CARRIED_OUT: Final = {
    "PasumLoopSilent": "No loop can be made to hang from outside: a paused process shows as `PasumServiceDown`.",
    "PasumMinutesPublishedBurnsSlowly": "It needs minutes that were approved three days ago.",
    **{
        f"{objective}BurnsSlowly": _SLOW.format(fast=f"{objective}BurnsFast")
        for objective in (
            "PasumHttpAvailability",
            "PasumHttpLatency",
            "PasumFactsConsumed",
            "PasumMessagesHandedOver",
            "PasumMinutesSigned",
        )
    },
}
