"""What stands in the QR code of an informant's copy, and what can be proved with it later.

It has the log's signed head, and the place and hash of the FIR's leaf under it: some 250 signs, in ASCII, so that any
scanner gives them back. Whoever holds the paper holds the log to it: a log that was rewritten since has another root
at that size, and its own signature on the paper says so. The paper alone proves that the head was signed; that the leaf
is under it, only the log can show, or a court's copy of the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roznamcha.errors import Broken, Refused, Usage
from roznamcha.ledger.kept import Ledger, Log
from roznamcha.ledger.merkle import inclusion
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.remembered import signed_by_log
from roznamcha.ledger.verify import (
    FAILED,
    HASH,
    NUMBER,
    OK,
    UNCHECKED,
    Bad,
    Bundle,
    Checkpoint,
    Line,
    Policy,
    base64_of,
    extends,
    includes,
    key_of,
    leaf_hash,
    open_checkpoint,
    open_proof,
    signed_by,
)  # fmt: skip

MARK = "ROZNAMCHA-COPY/1"
BY_A_LOG = "LOGGED", "GROWN"


@dataclass(frozen=True)
class Receipt:
    """A leaf's place and hash, and a signed head that covers it."""

    index: int
    leaf: bytes
    head: Checkpoint

    @property
    def text(self) -> str:
        """As it stands in the code: seven words, one on a line."""
        (signature,) = (data for name, data in self.head.signatures if name == self.head.origin)
        head = (self.head.origin, str(self.head.size), base64_text(self.head.root), base64_text(signature))
        return "\n".join((MARK, *head, str(self.index), base64_text(self.leaf)))


def read_receipt(text: str) -> Receipt:
    """What a scanner gives, its words one on a line or all on one. Raises Usage for anything else."""
    words = text.split()
    try:
        mark, origin, size, root, signature, index, leaf = words
        head = open_checkpoint(f"{origin}\n{size}\n{root}\n\n— {origin} {signature}\n".encode())
        found = Receipt(int(index), base64_of(leaf), head)
    except (ValueError, Bad):
        mark, index, found = "", "", None
    if found is None or mark != MARK or not NUMBER.fullmatch(index) or len(found.leaf) != HASH:
        message = "this is not what stands in the code of an informant's copy: seven words, the first ROZNAMCHA-COPY/1"
        raise Usage(message)
    if found.index >= found.head.size:
        message = "the code names a leaf that its own head does not cover: it was made by no log"
        raise Usage(message)
    return found


def receipt_of(ledger: Ledger, log: Log, index: int) -> Receipt:
    """The receipt of a leaf, with the first head that covers it: the same whenever it is asked for.

    Raises Refused before that head is signed, Broken where the log's own key has not signed it.
    """
    (leaf,) = ledger.leaves(log, index, index + 1)
    head, key = ledger.checkpoint(log, max(2, index + 1)), key_of(log.vkey)
    own = [(name, data) for name, data in head.signatures if (name, data[:4]) == (key.name, key.id)]
    if signed_by_log(head, log) is None:
        message = (
            f"the head of {head.size} leaves of {log.origin} is not signed by the log: see `roznamcha ledger audit`"
        )
        raise Broken(message)
    return Receipt(index, leaf_hash(leaf.data), head._replace(signatures=own[:1]))


def signature(receipt: Receipt, policy: Policy | None) -> Line:
    """Whether a log that the policy names has signed the head on the paper."""
    if policy is None:
        return "SIGNED", UNCHECKED, "no policy was given: nobody says whose key it must be"
    try:
        if any(signed_by(key, receipt.head) is not None for key in policy.logs):
            return "SIGNED", OK, f"the head of {receipt.head.size} leaves is signed by {receipt.head.origin}"
    except Bad as bad:
        return "SIGNED", FAILED, str(bad)
    return "SIGNED", FAILED, f"no log that the policy knows has signed this head of {receipt.head.origin}"


def in_log(receipt: Receipt, ledger: Ledger) -> Iterator[Line]:
    """Whether the log of this store still has that leaf under that very head, and has only grown since."""
    paper = receipt.head
    try:
        log = next(each for each in ledger.logs() if each.origin == paper.origin)
    except StopIteration:
        yield "LOGGED", FAILED, f"this store has no log {paper.origin}"
        yield "GROWN", UNCHECKED, "there is no such log here"
        return
    if log.size < paper.size:
        short = f"{log.origin} has {log.size} leaves here, and signed {paper.size}: leaves were lost or taken away"
        yield "LOGGED", FAILED, short
        yield "GROWN", FAILED, short
        return
    tree = ledger.tree(log)
    found = ledger.leaves(log, receipt.index, receipt.index + 1)
    if not found or leaf_hash(found[0].data) != receipt.leaf:
        yield "LOGGED", FAILED, f"leaf {receipt.index} of {log.origin} is another than on the paper, or is gone"
    elif not includes(
        receipt.index, paper.size, receipt.leaf, inclusion(tree.tiles, receipt.index, paper.size), paper.root
    ):
        yield (
            "LOGGED",
            FAILED,
            f"the first {paper.size} leaves of {log.origin} are others than those signed on the paper",
        )
    else:
        yield "LOGGED", OK, f"leaf {receipt.index} is under the head on the paper, by the log's own tiles"
    yield _grown(receipt, ledger, log)


def _grown(receipt: Receipt, ledger: Ledger, log: Log) -> Line:
    """Whether the last signed head goes on from the one on the paper."""
    paper = receipt.head
    try:
        last = ledger.checkpoint(log)
    except Refused as refused:
        return "GROWN", UNCHECKED, str(refused)
    if last.size < paper.size or signed_by_log(last, log) is None:
        return "GROWN", FAILED, f"the last signed head of {log.origin} is not one that could follow"
    proof = ledger.tree(log).extends(paper.size, last.size)
    if not extends(paper.size, last.size, paper.root, last.root, proof):
        return "GROWN", FAILED, f"{log.origin} at {last.size} does not begin with the {paper.size} leaves on the paper"
    return "GROWN", OK, f"{log.origin} has only grown since, to {last.size}"


def in_copy(receipt: Receipt, bundle: Bundle, verdict: Sequence[Line]) -> Iterator[Line]:
    """The same by a court's copy of the record, without a store. `verdict` is that of the copy, judged before.

    Where its own LOGGED is not OK anybody can have made it, and it says nothing for or against the paper.
    """
    if ("LOGGED", OK) not in {(line, how) for line, how, _ in verdict}:
        yield from ((line, UNCHECKED, "no key was compared: anybody can have made this copy") for line in BY_A_LOG)
        return
    paper = receipt.head
    places = {}
    for place, name in enumerate(bundle.names):
        index, _, _ = open_proof(bundle.files[name.replace("leaves/", "proofs/")[:-5] + ".tlog-proof"])
        places[bundle.told[place]["log"], index] = bundle.leaves[place]
    leaf = places.get((paper.origin, receipt.index))
    if leaf is None:
        yield (
            "LOGGED",
            UNCHECKED,
            f"this copy has no leaf {receipt.index} of {paper.origin}: it may be of another record",
        )
    elif leaf_hash(leaf) != receipt.leaf:
        yield "LOGGED", FAILED, f"leaf {receipt.index} of {paper.origin} is another in the copy than on the paper"
    else:
        yield "LOGGED", OK, f"leaf {receipt.index} is in the copy, and proved there"
    early = [open_checkpoint(data) for name, data in bundle.files.items() if name.startswith("milestones/")
             and name.endswith(".checkpoint")]  # fmt: skip
    known = {each.size: each.root for each in (*early, *bundle.heads.values()) if each.origin == paper.origin}
    if paper.size not in known:
        yield "GROWN", UNCHECKED, f"this copy has no head of {paper.size} leaves to compare the paper's with"
    elif known[paper.size] != paper.root:
        yield (
            "GROWN",
            FAILED,
            f"at {paper.size} leaves {paper.origin} had another root than on the paper: two histories",
        )
    else:
        yield "GROWN", OK, f"the copy's head of {paper.size} leaves is the paper's, and its log has only grown since"
