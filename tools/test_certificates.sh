#!/usr/bin/env bash
# Writes the certificates of tests/cli/tls: an authority, and a server on this machine that it vouches for. The key is
# of no use outside the tests.
set -euo pipefail
cd "$(dirname "$0")/../tests/cli/tls"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${curve[@]}" -keyout "$scratch/authority.key" -out authority.pem -days 36500 \
    -subj "/CN=Menagerie test authority" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
openssl req "${curve[@]}" -keyout server.key -out "$scratch/server.csr" -subj /CN=localhost
cat >"$scratch/extensions" <<'END'
basicConstraints=critical,CA:FALSE
extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost,DNS:hub.test,DNS:download.pytorch.org,IP:127.0.0.1
END
openssl x509 -req -in "$scratch/server.csr" -CA authority.pem -CAkey "$scratch/authority.key" \
    -CAserial "$scratch/serial" -CAcreateserial -out server.pem -days 36500 -extfile "$scratch/extensions"
