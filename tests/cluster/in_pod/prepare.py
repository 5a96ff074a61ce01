"""Makes topics, users, rights and databases on a new Kafka and PostgreSQL; repeatable."""

import asyncio
import json
from pathlib import Path

from confluent_kafka.admin import AdminClient

from deploy.local import postgres, topics

SETTINGS = Path("/settings/settings.json")


def main() -> None:
    """Make them all."""
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    passwords = settings["passwords"]
    admin = AdminClient({"bootstrap.servers": settings["kafka"]["bootstrap_servers"]})
    topics.apply(admin, topics.load(), passwords=passwords)
    for service, password in passwords.items():
        made = postgres.create_database(settings["superusers"][service], service, owner=service, password=password)
        asyncio.run(made)


if __name__ == "__main__":
    main()
