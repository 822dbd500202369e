"""The page that lies on top of a bundle, in Hindi and English: what it is, how to check it, what it doesn't prove."""

from __future__ import annotations

import json
from collections.abc import Iterable

from roznamcha.ledger.audiences import AUDIENCES, Rule
from roznamcha.ledger.kept import Leaf
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.verify import Checkpoint

TOOLS = """\
     sha256sum -c MANIFEST.sha256
     Windows, PowerShell:
       Get-Content -Encoding UTF8 MANIFEST.sha256 | % {{ $d, $n = $_ -split '  ', 2;
         if ((Get-FileHash -Algorithm SHA256 $n).Hash -ne $d) {{ "FAILED $n" }} }}
       (certutil -hashfile NAME SHA256 ; one file)
     VKEY='NAME+ID+KEY'
     ( printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
       printf %s "$VKEY" | cut -d+ -f3- | base64 -d | tail -c 32 ) | openssl pkey -pubin -inform DER -out LOG.pem
     openssl pkeyutl -verify -pubin -inkey LOG.pem -rawin -in anchors/YEAR/checkpoint.body -sigfile anchors/YEAR/log.sig
     bash tools/verify-one.sh leaves/000000.json proofs/000000.tlog-proof anchors/YEAR/checkpoint.body
     openssl ts -verify -data anchors/YEAR/checkpoint -in anchors/YEAR/checkpoint.tsr -CAfile TSA.pem
"""
"""The same in both languages. A key as openssl takes it is twelve bytes (RFC 8410) and the published one's last 32."""
HINDI = (
    """\
(हिंदी शब्द और प्रतियों के हिंदी नाम हमारा अनुवाद हैं।)

यह क्या है
  पुलिस के एक अभिलेख की प्रति, {hindi} ({audience}), जैसा वह दर्ज किया गया था: {leaves} पन्ने, बंद {at} (UTC)।
  अभिलेख {record}
  leaves/       हर प्रविष्टि का एक पन्ना, उसके हर स्तंभ के हैश के साथ; ठीक इन्हीं बाइटों का हैश लिया गया है
  disclosures/  वे स्तंभ जो यह प्रति दिखा सकती है: base64url में [salt, नाम, मान] (RFC 9901), हर पंक्ति में एक;
                जिसका नाम खाली है वह केवल हैशों की गिनती भरती है; पढ़ने के लिए नीचे --show देखें
  withheld.json जो नहीं दिखाया गया: उसका हैश और कारण
  proofs/       कि हर पन्ना बही में है (c2sp.org/tlog-proof@v1)
  beginnings/   हर बही का पहला पन्ना: वह पिछली बही से आगे चलती है (प्रमाण सहित), या बताता है कि वहाँ क्या खो गया
  milestones/   पहले के दिनों के शीर्ष, और यह कि बही उसके बाद केवल बढ़ी है
  anchors/      बही का हस्ताक्षरित शीर्ष, और उसके भाग जैसे openssl लेता है
  extracts/     अभिरक्षा और विधिक समय-सीमाओं की सूचियाँ, अभिरक्षा CASE/UCO में भी (custody.jsonld); केवल जानकारी के लिए,
                अंतिम पन्ने में नामित
  exhibits/     साथ रखी फ़ाइलें और अभिलेख के वे दस्तावेज़ जो दिखाए जा सकते हैं, हर एक अपने SHA-256 के नाम से,
                जैसा उसकी प्रविष्टि में है; अंतिम पन्ने में नामित
  trust/        केवल मिलान के लिए

बही के शीर्ष
{heads}

जाँच कैसे करें (इंटरनेट के बिना)
  यह ज़िप फ़ाइल जैसी मिली वैसी ही रखें (नीचे BUNDLE.zip), और उसे एक खाली फ़ोल्डर में खोलें। कुंजियाँ इस फ़ाइल से न लें: उन्हें
  राजपत्र, उच्च न्यायालय की रजिस्ट्री या किसी अन्य स्वतंत्र स्थान से लें। प्रकाशित कुंजी ऐसी पंक्ति है: NAME+ID+KEY।
  POLICY.txt   दो पंक्तियों की एक पाठ फ़ाइल (UTF-8) स्वयं लिखें:
               log NAME+ID+KEY
               quorum none
  क. verify.py से: इसे केवल Python 3.9 या बाद का चाहिए। पहले tools/verify.py को उसकी प्रकाशित प्रति से मिलाएँ। वह ज़िप फ़ाइल को
     बंद ही पढ़ता है:
       python3 -I -S tools/verify.py BUNDLE.zip --policy POLICY.txt --show
       Windows:  py -I -S tools\\verify.py BUNDLE.zip --policy POLICY.txt --show
     --show निष्कर्ष के बाद प्रति को पढ़ने योग्य रूप में दिखाता है: हर पन्ना, हर दिखाया गया स्तंभ, और जो रोका गया उसका कारण।
     --against OTHER.zip उसी अभिलेख की दूसरी प्रति से मिलान करता है।
  ख. सामान्य साधनों से, खोले हुए फ़ोल्डर के भीतर:
"""
    + TOOLS
    + """\
     (openssl pkeyutl और verify-one.sh को वही एक checkpoint.body पढ़नी चाहिए; दोनों पंक्तियाँ गिनी जाती हैं, कोई एक नहीं।
     समय-मुहर की पंक्ति केवल तब जब .tsr फ़ाइल हो; प्राधिकारी का प्रमाणपत्र समाप्त हो चुका हो तो -attime के साथ: उसकी अवधि के भीतर
     के किसी क्षण के 1970 से सेकंड)
  ग. किसी भी कार्यक्रम से जो C2SP के प्रारूप पढ़ता है।

निष्कर्ष की सात पंक्तियाँ (OK सही, FAILED विफल, NOT CHECKED जाँचा नहीं गया)
  INTACT     फ़ाइलें अपनी सूची से मिलती हैं; सूची पर किसी का हस्ताक्षर नहीं है
  LOGGED     हर पन्ना हस्ताक्षरित बही में है
  WITNESSED  दूसरों ने भी यही बही देखी है
  TIMED      किसी प्राधिकारी की समय-मुहर
  SIGNED     अधिकारी के हस्ताक्षर
  COMPLETE   प्रति बंद करने वाले पन्ने से पहले का कोई पन्ना छूटा नहीं, जिस समय तक वह बताता है
  DISCLOSED  जो दिखाया वही दर्ज था; शेष सूचीबद्ध, हर एक कारण सहित

क्या यह असली है?
  हाँ, यदि आपकी अपनी नीति (POLICY.txt) के साथ INTACT, LOGGED, COMPLETE और DISCLOSED चारों OK हैं: तब यही, इसी क्रम में,
  दर्ज हुआ और हस्ताक्षर के बाद बदला नहीं गया। NOT CHECKED का अर्थ न सही है न गलत: उस पंक्ति पर भरोसा न करें। नीति के बिना
  LOGGED सदा NOT CHECKED रहता है।
  कोई पंक्ति FAILED हो तो: फ़ाइल जैसी है वैसी रखें, उसे दोबारा प्राप्त करें (अधूरी डाउनलोड सबसे सामान्य कारण है) और फिर
  जाँचें; तब भी FAILED हो तो इस पर भरोसा न करें और न्यायालय को बताएँ कि कौन सी पंक्ति विफल हुई।

यह क्या सिद्ध नहीं करता
  - कि जो दर्ज हुआ वह सत्य है; केवल यह कि यही, इसी क्रम में, दर्ज हुआ और बाद में बदला नहीं गया।
  - कि जो कभी दर्ज ही नहीं हुआ वह नहीं हुआ।
  - प्रति बनने के समय के बाद क्या दर्ज हुआ।
  - कौन क्या देख सकता है: इस बँटवारे की किसी विधि-विशेषज्ञ ने समीक्षा नहीं की है।
  - कि कोई न्यायालय इसे स्वीकार करेगा।
"""
)
ENGLISH = (
    """\
WHAT THIS IS
  A copy ({audience}) of one police record as it was entered: {leaves} leaves, closed {at}.
  Record {record}.
  leaves/       a page for each entry, with a digest of each of its columns; hashed as these very bytes
  disclosures/  the columns that this copy may show: base64url of [salt, name, value] (RFC 9901), one on a line;
                one without a name only fills up the number of digests; to read them see --show below
  withheld.json what is not shown, by its digest, and for which reason
  proofs/       that each leaf is in the log (c2sp.org/tlog-proof@v1)
  beginnings/   the first leaf of each log: it goes on from the log before (with the proof), or says what was lost there
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
  Keep the zip file as you got it (BUNDLE.zip below), and unpack it into an empty folder. Take the keys from elsewhere
  (a gazette, the registry of the High Court), never from this bundle. A published key is a line NAME+ID+KEY.
  POLICY.txt   is a text file (UTF-8) that you write yourself, of two lines:
               log NAME+ID+KEY
               quorum none
  A. with verify.py, which needs nothing but Python 3.9 or later. Compare tools/verify.py with a published copy first.
     It reads the zip file as it is, not the unpacked folder:
       python3 -I -S tools/verify.py BUNDLE.zip --policy POLICY.txt --show
       Windows:  py -I -S tools\\verify.py BUNDLE.zip --policy POLICY.txt --show
     --show prints behind the verdict what can be read in this copy: each leaf, each column that is shown, and why the
     others are withheld. --against OTHER.zip compares it with another copy of the same record.
  B. with tools that everybody has, inside the unpacked folder:
"""
    + TOOLS
    + """\
     (openssl pkeyutl and verify-one.sh must read the very same checkpoint.body; both lines count, neither alone. The
     line of the time stamp only where there is a .tsr file; when the authority's certificate has ended since: -attime,
     the seconds since 1970 of a moment within)
  C. with any program that reads the C2SP formats.

THE SEVEN LINES OF THE VERDICT, each OK, FAILED or NOT CHECKED
  INTACT     the files fit their list, which nobody signed
  LOGGED     every leaf is in the signed log
  WITNESSED  others have seen the same log
  TIMED      an authority's time stamp is on it
  SIGNED     an officer signed it
  COMPLETE   no leaf of the record is left out before the one that closes the copy, as of the time it says
  DISCLOSED  what is shown is what was entered; the rest is listed, each with its reason

IS IT GENUINE?
  Yes, where INTACT, LOGGED, COMPLETE and DISCLOSED are all OK with a policy of your own: then this, in this order, was
  entered, and not changed since it was signed. NOT CHECKED is neither good nor bad: rely on nothing that this line
  would have said. Without a policy LOGGED is always NOT CHECKED.
  Where a line FAILED: keep the file as it is, get it once more (a broken download is the commonest
  cause) and check again; where it still fails, rely on nothing in it, and tell the court which line failed.

WHAT IT DOES NOT PROVE
  - that what was entered is true: only that this, in this order, was entered and not changed since it was signed
  - that what was never entered did not happen
  - what was entered after this copy was closed
  - who may see what: that split was reviewed by no lawyer
  - that a court must admit it
"""
)


def readme(rule: Rule, first: Leaf, last: Leaf, heads: Iterable[Checkpoint]) -> str:
    """The page."""
    told = json.loads(last.data)
    places = "\n".join(f"  {each.origin}  {each.size}  {base64_text(each.root)}" for each in heads)
    record = json.loads(first.data)["record"]
    filled = {"audience": rule.name, "leaves": told["place"] + 1, "at": told["at"], "record": record, "heads": places}
    filled |= {"hindi": AUDIENCES[rule.name]["hi"]}
    return f"{HINDI.format(**filled)}\n{ENGLISH.format(**filled)}"
