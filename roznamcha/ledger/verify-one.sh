#!/bin/bash
# Checks one leaf with sha256sum's kin alone: bash, openssl and base64 (RFC 9162 section 2.1.3.2).
#
#     verify-one.sh LEAF PROOF BODY
#
# BODY is anchors/YEAR/checkpoint.body, whose signature openssl has found good just before: see README. It shows that
# the leaf is under the root that BODY says, in the log that BODY names. Without the signature it shows nothing.
h() { openssl dgst -sha256 -binary; }
fail() { echo "FAIL: $1"; exit 1; }
[ $# -eq 3 ] && [ -r "$1" ] && [ -r "$2" ] && [ -r "$3" ] ||
  fail "usage: verify-one.sh LEAF PROOF anchors/YEAR/checkpoint.body"
head=$(sed '/^$/,$d' "$2"); note=$(sed '1,/^$/d' "$2"); body=$(cat "$3")
[[ $(sed -n 1p <<<"$head") == "c2sp.org/tlog-proof@v1" ]] || fail "no proof that c2sp.org/tlog-proof knows"
[[ $(sed '/^$/,$d' <<<"$note") == "$body" && $(wc -l <"$3") -eq 3 ]] || fail "the proof has another head than BODY"
index=$(sed -n 's/^index \([0-9]*\)$/\1/p' <<<"$head")
origin=$(sed -n 1p <<<"$body"); size=$(sed -n 2p <<<"$body"); root=$(sed -n 3p <<<"$body")
[[ $origin =~ ^[A-Za-z0-9._/-]+$ ]] && grep -qF "\"log\":\"$origin\"" "$1" || fail "the leaf is of another log"
[[ $index =~ ^(0|[1-9][0-9]{0,17})$ && $size =~ ^[1-9][0-9]{0,17}$ && $index -lt $size ]] || fail "no proof"
place=$index; last=$((size - 1)); r=$({ printf '\x00'; cat "$1"; } | h | base64 -w0)
for p in $(sed -e 1d -e '/^extra /d' -e '/^index /d' <<<"$head"); do
  [[ $p =~ ^[A-Za-z0-9+/]{43}=$ && $last -gt 0 ]] || fail "the proof is too long, or is none"
  if ((place & 1)) || [ "$place" -eq "$last" ]; then
    r=$({ printf '\x01'; base64 -d <<<"$p"; base64 -d <<<"$r"; } | h | base64 -w0)
    while ((!(place & 1) && place != 0)); do place=$((place >> 1)); last=$((last >> 1)); done
  else
    r=$({ printf '\x01'; base64 -d <<<"$r"; base64 -d <<<"$p"; } | h | base64 -w0)
  fi
  place=$((place >> 1)); last=$((last >> 1))
done
[[ $last -eq 0 && $r == "$root" ]] || fail "the leaf is not under this root"
echo "OK: leaf $index of $size in $origin, root $root"
