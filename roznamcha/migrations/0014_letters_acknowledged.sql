-- That a person has seen a dead letter, and why nothing more is to be done. A letter that is no entry belongs to no record,
-- so this can't be entered in one: it stands beside the letter, and is never taken back.
ALTER TABLE ops.dead_letters
    ADD COLUMN acknowledged_by text,          -- id, rank and role, as on the command line
    ADD COLUMN acknowledged_why text,
    ADD COLUMN acknowledged_at timestamptz,
    ADD CHECK (num_nulls(acknowledged_by, acknowledged_why, acknowledged_at) IN (0, 3));
