#!/bin/sh
# Gives each service a user and a database of its own; sets the passwords again where they are there.
set -eu
PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD PGHOST=postgres PGUSER=postgres
for service in registration notification minutes archive; do
    psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --set name="$service" \
        --set password="$(cat "/run/secrets/${service}_database_password")" postgres <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING UTF8 LOCALE %L', :'name', :'name', 'C.UTF-8')
       || ' LOCALE_PROVIDER icu ICU_LOCALE und'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
