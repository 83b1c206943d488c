#!/bin/sh
# Draws every secret once and gives each to its one reader; a second run changes nothing that exists.
#
# SECRETS_DIR holds one folder a reader; OWNERS=keep leaves the files to whoever runs this (a test, without root).
set -eu
umask 077

secrets=${SECRETS_DIR:-/secrets}
pki=$secrets/authority
car=${SENSUS_VIN:?the VIN of the car that gets a certificate}

draw() { # draw FILE: 32 random bytes as hex, unless the file is there
    [ -s "$1" ] || python -c 'import secrets; print(secrets.token_hex(32), end="")' >"$1"
}

give() { # give FOLDER UID: only this user may read what lies in it
    chmod 500 "$secrets/$1"
    chmod 400 "$secrets/$1"/*
    [ "${OWNERS:-set}" = keep ] || chown -R "$2:$2" "$secrets/$1"
}

for folder in authority broker backend car postgres; do
    mkdir -p "$secrets/$folder"
    chmod 700 "$secrets/$folder"
done

sensus pki init --out "$pki" --vin "$car"

cp -f "$pki/ca.crt" "$pki/broker.crt" "$pki/broker.key" "$pki/passwords" "$secrets/broker/"
cp -f "$pki/ca.crt" "$secrets/backend/"
cp -f "$pki/backend.password" "$secrets/backend/broker-password"
cp -f "$pki/ca.crt" "$secrets/car/"
cp -f "$pki/cars/$car.crt" "$secrets/car/car.crt"
cp -f "$pki/cars/$car.key" "$secrets/car/car.key"

draw "$secrets/backend/secret"
draw "$secrets/postgres/password"
rm -f "$secrets/backend/pgpass"
printf 'postgres:5432:*:sensus:%s\n' "$(cat "$secrets/postgres/password")" >"$secrets/backend/pgpass"

# The users of the images: mosquitto's, ours (docker/sensus.Dockerfile) and Debian's postgres.
give broker 1883
give backend 10001
give car 10001
give postgres 999
