#!/bin/sh
# Lurewatch with curl: score, stream, submit and wait. Run it from the top of the repository.
# SERVICE_KEY holds a key, where the service asks for one.
set -eu
service=${SERVICE:-http://127.0.0.1:8000}
ads='{"ads": [
  {"id": "lure", "text": "Chat support near Poipet, room free. Send a passport photo first."},
  {"id": "honest", "text": "Pickers, June to September, 12.60 an hour, contract before travel."}]}'
ask() {
    curl --silent --show-error --fail-with-body \
        ${SERVICE_KEY:+-H "Authorization: Bearer $SERVICE_KEY"} "$@"
    echo
}

# Score: up to 256 ads, answered at once.
ask "$service/v1/score" -H 'Content-Type: application/json' -d "$ads"

# Stream: an ad a line, a result a line, any length.
ask "$service/v1/score/stream" -H 'Content-Type: application/x-ndjson' \
    -X POST -T service/examples/ten_scripts.jsonl

# Submit: answered once the ads are on disk. Sent again with the same key, nothing is queued twice.
id=$(ask "$service/v1/submissions" -H 'Content-Type: application/json' \
    -H 'Idempotency-Key: reports-of-27-november' -d "$ads" |
    sed 's/.*"id":"\(sub_[^"]*\)".*/\1/')

# Wait.
while submission=$(ask "$service/v1/submissions/$id"); do
    case $submission in *'"state":"queued"'*) sleep 1 ;; *) break ;; esac
done
echo "$submission"
