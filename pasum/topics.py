"""`pasum topics`: prints all topics with their events, owners and readers as a table."""

from rich.console import Console
from rich.table import Table

from shared.contracts import CATALOGUE, TOPICS


def show_topics(console: Console) -> None:
    """Print each topic with its events, the one service that writes it, and its readers."""
    table = Table("topic", "written by", "read by", "events", show_lines=True)
    for topic in TOPICS.values():
        names = [contract.type for contract in CATALOGUE.values() if contract.topic is topic]
        kind = "compacted, " if topic.compacted else ""
        table.add_row(
            f"{topic.name}\n({kind}{topic.partitions} partitions)",
            topic.owner,
            ", ".join(topic.readers),
            "\n".join(names),
        )
    console.print(table)
