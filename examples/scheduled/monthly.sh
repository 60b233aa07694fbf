#!/bin/sh
# The month's checks and pack, run by cron on a machine inside the trust's own network.
#
#   monthly.sh [YYYY-MM]      the month before this one, where no month is given
#
# In the crontab of an account that may read the extracts (six in the morning, each working day;
# the script does nothing before the extract of the month is there):
#
#   0 6 * * 1-5  MHSDS_HOME=/srv/mhsds /srv/mhsds/monthly.sh >> /srv/mhsds/monthly.log 2>&1
#
# Exit code: 0 nothing would be rejected, 1 something would, 2 and above as 'mhsds-recon' gives it.
set -eu
umask 077

HOME_FOLDER="${MHSDS_HOME:?set MHSDS_HOME to the folder that holds extracts and reference}"
RECON="${MHSDS_RECON:-mhsds-recon}"
PERIOD="${1:-$(date -d "$(date +%Y-%m-15) last month" +%Y-%m)}"
EXTRACTS="$HOME_FOLDER/extracts"
RESULTS="$HOME_FOLDER/results/$PERIOD"
export MHSDS_RECON_HISTORY="${MHSDS_RECON_HISTORY:-$HOME_FOLDER/history.sqlite}"

say() { echo "$(date +%Y-%m-%dT%H:%M:%S%z) $*"; }

if [ ! -e "$EXTRACTS/$PERIOD" ]; then
    say "$PERIOD: the extract is not there yet"
    exit 0
fi

mkdir -p "$RESULTS"
exec 9> "$HOME_FOLDER/.monthly.lock"
flock -n 9 || { say "another run is at work"; exit 0; }

# An extract that was looked at before, and did not change since, is not looked at again.
STAMP="$(find "$EXTRACTS/$PERIOD" -type f -exec sha256sum {} + | sort | sha256sum)"
if [ -e "$RESULTS/stamp" ] && [ "$(cat "$RESULTS/stamp")" = "$STAMP" ]; then
    say "$PERIOD: nothing changed"
    exit 0
fi

say "$PERIOD: validating"
CODE=0
$RECON validate "$EXTRACTS/$PERIOD" \
    --reference "$HOME_FOLDER/reference" \
    --output "$RESULTS/validation" \
    --fail-on record_rejected --no-input || CODE=$?
if [ "$CODE" -gt 1 ]; then
    say "$PERIOD: stopped with exit code $CODE"
    exit "$CODE"
fi

say "$PERIOD: building the pack"
$RECON pack "$EXTRACTS" \
    --period "$PERIOD" \
    --reference "$HOME_FOLDER/reference" \
    --output "$HOME_FOLDER/results/packs" --no-input

$RECON calendar --period "$PERIOD"
echo "$STAMP" > "$RESULTS/stamp"
say "$PERIOD: done, exit code $CODE"
exit "$CODE"
