#!/bin/sh
# Makes the secrets that are missing in a folder: sh secrets.sh FOLDER. Certificates of people come from your PKI.
# Containers read the files as user 10001, so the files are open and the folder is not.
set -eu
umask 022
mkdir -p "$1"
chmod 700 "$1"
cd "$1"
word() { openssl rand -hex 32; }
missing() { [ ! -e "$1" ]; }

if missing postgres_password; then word >postgres_password; fi
for service in registration notification minutes archive; do
    if missing "${service}_database_password"; then
        password=$(word)
        echo "$password" >"${service}_database_password"
        echo "postgresql://$service:$password@postgres:5432/$service" >"${service}_database_dsn"
    fi
    if missing "kafka_$service"; then word >"kafka_$service"; fi
done
for keys in sealing_keys portal_session_keys; do
    if missing "$keys"; then openssl rand 32 | basenc --base64url >"$keys"; fi
done
if missing ticket.pem; then openssl genpkey -algorithm ed25519 -out ticket.pem; fi
if missing log.pem; then openssl genpkey -algorithm ed25519 -out log.pem; fi
for given in notification_sms_secret notification_smtp_password minutes_key_passphrase recorder.p12 chair.p12 root.pem; do
    if missing "$given"; then echo "put here: $PWD/$given"; fi
done
chmod 644 ./*
