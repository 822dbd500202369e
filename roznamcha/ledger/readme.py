"""The page that lies on top of a bundle, in Hindi and English: what it is, how to check it, what it doesn't prove."""

from __future__ import annotations

import json
from collections.abc import Iterable

from roznamcha.ledger.audiences import Rule
from roznamcha.ledger.kept import Leaf
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.verify import Checkpoint

HINDI = """\
यह क्या है
  पुलिस के एक अभिलेख की प्रति ({audience}), जैसा वह दर्ज किया गया था। leaves/ में हर प्रविष्टि का एक पृष्ठ है;
  disclosures/ में वे स्तंभ हैं जो इस प्रति में दिखाए जा सकते हैं; withheld.json बताता है कि क्या नहीं दिखाया गया और क्यों।
  exhibits/ में साथ रखी फ़ाइलें और अभिलेख के वे दस्तावेज़ हैं जो दिखाए जा सकते हैं, हर एक अपने SHA-256 के नाम से।

जाँच कैसे करें (इंटरनेट के बिना)
  1. sha256sum -c MANIFEST.sha256
  2. python3 -I -S tools/verify.py BUNDLE.zip --policy POLICY.txt
     POLICY.txt इस बंडल से न लें: उसे राजपत्र, उच्च न्यायालय की रजिस्ट्री या किसी अन्य स्वतंत्र स्थान से लें।
  3. केवल openssl से, एक प्रविष्टि; दोनों पंक्तियाँ चलाएँ, LOG.pem इस बंडल से न लें:
     openssl pkeyutl -verify -pubin -inkey LOG.pem -rawin -in anchors/YEAR/checkpoint.body -sigfile anchors/YEAR/log.sig
     bash tools/verify-one.sh leaves/000000.json proofs/000000.tlog-proof anchors/YEAR/checkpoint.body

यह क्या सिद्ध नहीं करता
  - कि जो दर्ज हुआ वह सत्य है; केवल यह कि यही, इसी क्रम में, दर्ज हुआ और बाद में बदला नहीं गया।
  - कि जो कभी दर्ज ही नहीं हुआ वह नहीं हुआ।
  - प्रति बनने के समय के बाद क्या हुआ।
"""
ENGLISH = """\
WHAT THIS IS
  A copy ({audience}) of one police record as it was entered: {leaves} leaves, closed {at}.
  Record {record}.
  leaves/       a page for each entry, with a digest of each of its columns; hashed as these very bytes
  disclosures/  the columns that this copy may show: base64url of [salt, name, value] (RFC 9901), one on a line
  withheld.json what is not shown, by its digest, and for which reason
  proofs/       that each leaf is in the log (c2sp.org/tlog-proof@v1)
  milestones/   heads of earlier days, and that the log has only grown since
  anchors/      the log's signed head, and its parts as openssl takes them
  extracts/     custody and legal clocks as tables, custody as CASE/UCO too (custody.jsonld, JSON-LD), named by the last
                leaf; they are informative
  exhibits/     files that were put with it, and the record's documents that it may show, each under its own SHA-256 as
                its entry has it; named by the last leaf
  trust/        FOR COMPARISON ONLY

HEADS
{heads}

HOW TO CHECK IT, WITHOUT A NETWORK
  Take the keys from elsewhere (a gazette, the registry of the High Court), never from this bundle. Then either
  A. with tools that everybody has:
     sha256sum -c MANIFEST.sha256
     openssl pkeyutl -verify -pubin -inkey LOG.pem -rawin -in anchors/YEAR/checkpoint.body -sigfile anchors/YEAR/log.sig
     bash tools/verify-one.sh leaves/000000.json proofs/000000.tlog-proof anchors/YEAR/checkpoint.body
       (the very file whose signature was good; both lines count, neither alone)
     openssl ts -verify -data anchors/YEAR/checkpoint -in anchors/YEAR/checkpoint.tsr -CAfile TSA.pem   (if it is there;
       when the authority's certificate has ended since: -attime, the seconds since 1970 of a moment within)
  B. with one file that needs nothing but Python 3.9 or later (compare it with a published copy first):
     python3 -I -S tools/verify.py BUNDLE.zip --policy POLICY.txt
  C. with any program that reads the C2SP formats.

  The verdict has seven lines, each OK, FAILED or NOT CHECKED: INTACT (the files fit their list, which nobody signed),
  LOGGED (every leaf is in the signed log), WITNESSED (others have seen the same log), TIMED, SIGNED (an officer),
  COMPLETE (no leaf of the record is left out before the one that closes the copy), DISCLOSED (what is shown is what
  was entered; the rest is listed, each with its reason).

WHAT IT DOES NOT PROVE
  - that what was entered is true: only that this, in this order, was entered and not changed since it was signed
  - that what was never entered did not happen
  - what was entered after this copy was closed
  - who may see what: that split was reviewed by no lawyer
  - that a court must admit it
"""


def readme(rule: Rule, first: Leaf, last: Leaf, heads: Iterable[Checkpoint]) -> str:
    """The page."""
    told = json.loads(last.data)
    places = "\n".join(f"  {each.origin}  {each.size}  {base64_text(each.root)}" for each in heads)
    record = json.loads(first.data)["record"]
    filled = {"audience": rule.name, "leaves": told["place"] + 1, "at": told["at"], "record": record, "heads": places}
    return f"{HINDI.format(**filled)}\n{ENGLISH.format(**filled)}"
