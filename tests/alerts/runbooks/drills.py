"""The drills, the most important first, and why some alerts have none."""

from typing import Final

from tests.alerts.runbooks import faults
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
        fault=f"Notification has a defect (a trigger of its database), and {faults.MANY} people register.",
        make=lambda office: faults.defect(office, faults.MANY),
        others=faults.corrected,
        others_do="The corrected release is installed.",
        cause="code",
    ),
    Drill(
        alert="PasumKeysWait",
        fault="Notification has a defect (a trigger of its database), and 20 people register.",
        make=lambda office: faults.defect(office, 20),
        others=faults.corrected,
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
        fault="The consumer of notification stands still for ten seconds, while forty people register.",
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
        make=faults.slow_clock,
        meanwhile=lambda office: office.register(1),
        others=faults.right_clock,
        others_do="The node follows its time server again.",
    ),
    Drill(
        alert="PasumSequenceGaps",
        fault="The fifth event of a meeting arrives, and its first four do not.",
        make=faults.event_out_of_sequence,
    ),
)

NOT_CARRIED_OUT: Final = {
    "PasumLoopSilent": "No loop can be made to hang from outside: a paused process shows as `PasumServiceDown`.",
}
