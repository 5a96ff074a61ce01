#!/bin/sh
# Kafka's own wrapper makes settings of the KAFKA_ variables and formats the storage, as it does in apache/kafka.
set -eu
export CLASSPATH='/opt/kafka/libs/*' CLUSTER_ID="${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}"
settings=/opt/kafka/config
said=$(/opt/java/bin/java kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \
    --mounted-configs-dir /mnt/shared/config --final-configs-dir $settings 2>&1) ||
    case $said in
    *"already formatted"*) ;; # the container was here before
    *) echo "$said" >&2 && exit 1 ;;
    esac
# shellcheck disable=SC2086 # options are several words
exec /opt/java/bin/java ${KAFKA_HEAP_OPTS:--Xmx1g} kafka.Kafka $settings/server.properties
