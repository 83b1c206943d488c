#!/bin/sh
# Brings the database up to date, then becomes the backend. The secret comes from a file only it can read.
set -eu
SENSUS_SECRET=$(cat "${SENSUS_SECRET_FILE:?where the secret lies}")
export SENSUS_SECRET
sensus migrate
exec sensus backend "$@"
