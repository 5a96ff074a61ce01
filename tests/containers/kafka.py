"""Kafka in a container, as strict as the one from packages: clients come by SCRAM, and only `admin` is a superuser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from confluent_kafka.admin import AdminClient

from deploy.local import kafka, topics
from deploy.local.ports import free_port

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

_START_SECONDS = 60.0
_LOGIN = "org.apache.kafka.common.security"

# As `apache/kafka` reads them: _ is a dot, ___ a dash. Listeners without passwords exist inside the container only.
_SETTINGS = {
    "CLUSTER_ID": "5L6g3nShT-eMCtK--X86sw",
    "KAFKA_HEAP_OPTS": "-Xmx512m",
    "KAFKA_NODE_ID": "1",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_LISTENERS": "CLIENT://:9092,BROKER://localhost:9094,CONTROLLER://localhost:9093",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENT:SASL_PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKER",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "KAFKA_LISTENER_NAME_CLIENT_SASL_ENABLED_MECHANISMS": "PLAIN,SCRAM-SHA-512",
    "KAFKA_LISTENER_NAME_CLIENT_SCRAM___SHA___512_SASL_JAAS_CONFIG": f"{_LOGIN}.scram.ScramLoginModule required;",
    "KAFKA_AUTHORIZER_CLASS_NAME": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "KAFKA_SUPER_USERS": f"User:{kafka.ADMIN};User:ANONYMOUS",
    "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "6",
    "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
    "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
    "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "KAFKA_BROKER_HEARTBEAT_INTERVAL_MS": "500",
    "KAFKA_BROKER_SESSION_TIMEOUT_MS": "3000",
}


@dataclass(frozen=True, slots=True)
class ContainerKafka:
    """A broker that runs in a container; `password` is the superuser's."""

    bootstrap: str
    password: str = field(repr=False)
    container: "DockerContainer" = field(repr=False)

    def kill(self) -> None:
        """SIGKILL; `start` brings it back with its data and on its port."""
        self.container.get_wrapped_container().kill()

    def start(self) -> None:
        """Start it again and wait until it answers; raises `KafkaException`."""
        self.container.get_wrapped_container().start()
        admin = kafka.admin_client(self.bootstrap, username=kafka.ADMIN, password=self.password)
        admin.list_topics(timeout=_START_SECONDS)


@contextmanager
def started(image: str, *, host: str, password: str) -> Iterator[ContainerKafka]:
    """One broker from `image` for as long as the `with` block lasts; `host` is where the engine publishes its port."""
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 -- needs Docker's settings when imported
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy  # noqa: PLC0415 -- as above

    port = free_port()
    bootstrap = f"{host}:{port}"
    login = f'{_LOGIN}.plain.PlainLoginModule required user_{kafka.ADMIN}="{password}";'
    container = DockerContainer(image).with_bind_ports(9092, port).with_envs(**_SETTINGS)
    container.with_env("KAFKA_ADVERTISED_LISTENERS", f"CLIENT://{bootstrap},BROKER://localhost:9094")
    container.with_env("KAFKA_LISTENER_NAME_CLIENT_PLAIN_SASL_JAAS_CONFIG", login)
    with container.waiting_for(LogMessageWaitStrategy("Kafka Server started")):
        topics.set_passwords(_first_admin(bootstrap, password), {kafka.ADMIN: password})
        yield ContainerKafka(bootstrap, password, container)


def _first_admin(bootstrap: str, password: str) -> AdminClient:
    """The superuser by PLAIN, whose password is in the settings; SCRAM passwords are data, and there are none yet."""
    return AdminClient(
        {
            "bootstrap.servers": bootstrap,
            "security.protocol": kafka.PROTOCOL,
            "sasl.mechanism": "PLAIN",
            "sasl.username": kafka.ADMIN,
            "sasl.password": password,
            "log_level": 0,
        }
    )
