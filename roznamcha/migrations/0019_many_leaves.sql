-- Leaves come by the million, all from the one sequencer. What the server did for each of them besides is left out:
-- it looked up the leaf's log anew, which the sequencer locks and moves in the same transaction, and entered every leaf
-- in the index of the ledger's own acts, of which most are none.

ALTER TABLE roznamcha.leaves DROP CONSTRAINT leaves_log_fkey;
ALTER TABLE roznamcha.leaves DROP CONSTRAINT leaves_act_key;
CREATE UNIQUE INDEX leaves_act ON roznamcha.leaves (act) WHERE act IS NOT NULL;
