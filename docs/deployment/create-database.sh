#!/bin/sh
# Run by the PostgreSQL image when its volume is empty.
set -eu
psql -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -v password="$OMNI_DB_PASSWORD" -f /omni/create-database.sql
