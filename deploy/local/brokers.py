"""Ports and settings of the brokers of a local Kafka."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.topology import Topology

MOST_REPLICAS = 3

# Values in {braces} are filled in; all other settings have Kafka's defaults.
_SETTINGS = """\
process.roles=broker,controller
node.id={node}
log.dirs={data}
controller.quorum.voters={voters}
listeners=CLIENT://{host}:{client},PROXIED://{host}:{proxied},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENT://{host}:{client},PROXIED://{host}:{proxy}
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,PROXIED:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
username="{admin}" password="{password}";
listener.name.proxied.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.proxied.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
username="{admin}" password="{password}" user_{admin}="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin}
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
default.replication.factor={replicas}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={replicas}
offsets.topic.num.partitions=6
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={in_sync}
transaction.state.log.num.partitions=6
share.coordinator.state.topic.replication.factor={replicas}
share.coordinator.state.topic.min.isr={in_sync}
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
controlled.shutdown.enable={controlled}
log.cleaner.dedupe.buffer.size=16777216
"""


@dataclass(frozen=True, slots=True)
class Node:
    """Its ports: `client` for brokers and tools; services connect to `proxy_port`, which leads to `proxied`."""

    number: int
    client: int
    controller: int
    proxied: int
    proxy_port: int


def nodes_of(topology: Topology) -> list[Node]:
    """The brokers of `topology`, with free ports; also starts the proxies in front of them, if the topology has any."""
    ports = iter(free_ports(3 * topology.brokers))
    nodes = []
    for number in range(1, topology.brokers + 1):
        client, controller, proxied = next(ports), next(ports), next(ports)
        nodes.append(Node(number, client, controller, proxied, topology.service_port(f"kafka-{number}", proxied)))
    return nodes


def settings_of(node: Node, nodes: Sequence[Node], *, data: Path, admin: str, password: str) -> str:
    """The `server.properties` of one broker of `nodes`; `admin` is the superuser."""
    replicas = min(MOST_REPLICAS, len(nodes))
    return _SETTINGS.format(
        node=node.number,
        data=data,
        voters=",".join(f"{each.number}@{LOOPBACK}:{each.controller}" for each in nodes),
        host=LOOPBACK,
        client=node.client,
        controller=node.controller,
        proxied=node.proxied,
        proxy=node.proxy_port,
        admin=admin,
        password=password,
        replicas=replicas,
        controlled=str(len(nodes) == 1).lower(),
        in_sync=in_sync(replicas),
    )


def in_sync(replicas: int) -> int:
    """The value of `min.insync.replicas` for this number of replicas: one may be missing, if there are enough."""
    return max(1, replicas - 1)
