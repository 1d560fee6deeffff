#!/bin/sh
# Makes what the event store's nodes need for TLS, where it is missing, wrong, or about to expire:
#
#   certificates.sh AUTHORITY CERTIFICATES NODE...
#
# AUTHORITY     folder of the authority's private key; no node sees it
# CERTIFICATES  ca/ca.crt (public), and for each node NODE/node.crt and NODE/node.key
#
# Each certificate is good for the names NODE and localhost and for 127.0.0.1. All have one common name:
# by it the nodes of a cluster know each other. Keys are RSA, as the server wants them.
set -eu
umask 077

authority=$1
certificates=$2
shift 2

COMMON_NAME=eventstoredb-node
AUTHORITY_DAYS=${AUTHORITY_DAYS:-3650}
NODE_DAYS=${NODE_DAYS:-365}
# Renewed when it is run in the last month.
RENEW_SECONDS=2592000
# Of the server in its image.
GROUP=1001

command -v openssl >/dev/null || { echo 'certificates: there is no openssl here' >&2; exit 1; }

ca_key=$authority/ca.key
ca=$certificates/ca/ca.crt

# What openssl says is of interest only when it fails.
quietly() {
  said=$("$@" 2>&1) || { echo "$said" >&2; exit 1; }
}

make_authority() {
  mkdir -p "$authority" "$certificates/ca"
  quietly openssl req -x509 -newkey rsa:3072 -sha256 -noenc -days "$AUTHORITY_DAYS" \
    -subj '/O=Blangko/CN=Blangko event store' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
    -keyout "$ca_key.new" -out "$ca.new"
  chmod 755 "$certificates" "$certificates/ca"
  chmod 444 "$ca.new"
  mv -f "$ca_key.new" "$ca_key"
  mv -f "$ca.new" "$ca"
  echo "certificates: made the authority, good for $AUTHORITY_DAYS days"
}

# Whether a certificate and its key belong together.
is_pair() {
  [ -f "$1" ] && [ -f "$2" ] &&
    [ "$(openssl x509 -in "$1" -noout -pubkey)" = "$(openssl pkey -in "$2" -pubout)" ]
}

is_good() {
  is_pair "$1/node.crt" "$1/node.key" &&
    openssl x509 -in "$1/node.crt" -noout -checkend "$RENEW_SECONDS" >/dev/null &&
    openssl verify -CAfile "$ca" "$1/node.crt" >/dev/null 2>&1
}

make_node() {
  folder=$certificates/$1
  mkdir -p "$folder"
  {
    echo 'basicConstraints=critical,CA:FALSE'
    echo 'keyUsage=critical,digitalSignature,keyEncipherment'
    echo 'extendedKeyUsage=serverAuth,clientAuth'
    echo "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1"
    echo 'subjectKeyIdentifier=hash'
    echo 'authorityKeyIdentifier=keyid'
  } >"$authority/extensions"
  quietly openssl req -new -newkey rsa:2048 -sha256 -noenc -subj "/CN=$COMMON_NAME" \
    -keyout "$folder/node.key.new" -out "$authority/request"
  quietly openssl x509 -req -in "$authority/request" -CA "$ca" -CAkey "$ca_key" -sha256 -days "$NODE_DAYS" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$authority/extensions" -out "$folder/node.crt.new"
  rm -f "$authority/request" "$authority/extensions"
  chmod 755 "$folder"
  chmod 444 "$folder/node.crt.new"
  chmod 440 "$folder/node.key.new"
  if [ "$(id -u)" = 0 ]; then chgrp "$GROUP" "$folder/node.key.new"; fi
  mv -f "$folder/node.key.new" "$folder/node.key"
  mv -f "$folder/node.crt.new" "$folder/node.crt"
  echo "certificates: made that of $1, good for $NODE_DAYS days"
}

if is_pair "$ca" "$ca_key"; then
  openssl x509 -in "$ca" -noout -checkend "$((NODE_DAYS * 86400))" >/dev/null ||
    echo 'certificates: the authority expires within a year; see docs/runbooks/event-store-outage.md' >&2
elif [ -f "$ca_key" ] || [ -f "$ca" ]; then
  # Clients trust this very authority: another one in its place would lock all of them out.
  echo "certificates: $ca and $ca_key do not belong together, or one is missing; remove both to make new ones" >&2
  exit 1
else
  make_authority
fi

for node in "$@"; do
  if is_good "$certificates/$node"; then
    echo "certificates: that of $node is good"
  else
    make_node "$node"
  fi
done
