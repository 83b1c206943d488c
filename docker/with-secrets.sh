#!/bin/sh
# Runs a command of the backend with its secrets, which lie in files that only it can read.
set -eu
SENSUS_SECRET=$(cat "${SENSUS_SECRET_FILE:?names the file with the key that signs the links}")
SENSUS_BROKER_PASSWORD=$(cat "${SENSUS_BROKER_PASSWORD_FILE:?names the file with the password of the account}")
export SENSUS_SECRET SENSUS_BROKER_PASSWORD
exec "$@"
