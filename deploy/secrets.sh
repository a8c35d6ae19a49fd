#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, each once: what is there is left as it is.
# They stay out of git and of the image.
set -eu
umask 022 # containers read them as other users; the folder keeps others of this machine out
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
once() { [ -e "$folder/$1" ] || cat > "$folder/$1"; }

random | once snapcite_qdrant_api_key
random | once redis_password
random | once grafana_password
printf 'service:\n  api_key: %s\n' "$(cat "$folder/snapcite_qdrant_api_key")" | once qdrant.yaml
printf 'redis://:%s@redis:6379/0' "$(cat "$folder/redis_password")" | once snapcite_redis_url
once redis.conf <<CONF
requirepass $(cat "$folder/redis_password")
save ""
appendonly no
maxmemory 512mb
maxmemory-policy allkeys-lru
CONF
echo "secrets are in $folder; Grafana's user admin has the password in grafana_password"
