#!/bin/sh
# Makes the cluster that the POSTGRES_ variables describe, as the official image does, and becomes the server.
set -eu
export PGDATA="${PGDATA:-/var/lib/postgresql/18/docker}" PATH="/opt/postgresql/bin:$PATH" LD_LIBRARY_PATH=/opt/postgresql/lib
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    if [ -n "${POSTGRES_PASSWORD_FILE-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
    printf %s "${POSTGRES_PASSWORD:?is the password of $user}" >/tmp/password
    # shellcheck disable=SC2086 # arguments are several words
    initdb --username="$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS-}
    rm /tmp/password
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    [ "$database" = postgres ] || echo "CREATE DATABASE \"$database\"" | postgres --single postgres
fi
exec "$@"
