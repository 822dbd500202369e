-- What the views have seen last in each slot: its position and a digest of its bytes. If the store holds another entry
-- there, or none, it was restored to an earlier state than the views', and following it would skip entries in silence.

ALTER TABLE ops.checkpoints ADD COLUMN seen bigint NOT NULL DEFAULT 0, ADD COLUMN digest bytea;
