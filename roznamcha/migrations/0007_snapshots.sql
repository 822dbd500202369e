-- Long records as they stood at some version, so that they need not be folded from their first entry each time.
--
-- Derived: the whole table may be emptied at any time. The application writes it, so nothing in it is believed on its
-- own: `seal` is a keyed digest over all the rest, under a key that is not in this database, and `shape` is a digest of
-- the code that folded it. `verify` never looks in here.

CREATE TABLE ops.snapshots (
    record_id uuid   NOT NULL,
    shape     bytea  NOT NULL,
    version   bigint NOT NULL,
    state     bytea  NOT NULL,
    seal      bytea  NOT NULL,
    PRIMARY KEY (record_id, shape)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.snapshots TO roznamcha_app;
