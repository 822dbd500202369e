-- The court's ledger: a Merkle log of every entry, one for each year, and what was signed of it.
--
-- A leaf is written once, when the sequencer has read the committed entry, and stays as it is: it is what was hashed.
-- Tiles and heads follow from the leaves; they are written with them, in one transaction, by the one sequencer.

CREATE TABLE roznamcha.logs (
    number integer PRIMARY KEY,          -- 1, 2, 3 … in the order in which they were begun
    origin text    NOT NULL UNIQUE,      -- its name, for ever: it stands in every leaf and checkpoint
    year   integer NOT NULL,
    vkey   text    NOT NULL,             -- its public key, as c2sp.org/signed-note writes it
    size   bigint  NOT NULL DEFAULT 0,
    root   bytea   NOT NULL
);

CREATE TABLE roznamcha.leaves (
    log       integer NOT NULL REFERENCES roznamcha.logs,
    index     bigint  NOT NULL CHECK (index >= 0),
    leaf      bytea   NOT NULL CHECK (length(leaf) < 65536),
    position  bigint  UNIQUE,            -- of the entry; none for what the ledger says of itself
    act       uuid    UNIQUE,            -- of what it was asked to say, in roznamcha.ledger_acts
    record_id uuid,
    place     bigint,                    -- in the record's own chain: 0, 1, 2 …
    PRIMARY KEY (log, index),
    UNIQUE (record_id, place)
);

-- What the ledger is asked to say of a record, besides its entries: that a copy was made and ends here.
CREATE TABLE roznamcha.ledger_acts (
    id        uuid        PRIMARY KEY,
    number    bigint      GENERATED ALWAYS AS IDENTITY,
    record_id uuid        NOT NULL,
    salt      bytea       NOT NULL CHECK (length(salt) = 16),
    content   jsonb       NOT NULL,      -- no personal data
    asked_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE roznamcha.tiles (
    log    integer  NOT NULL REFERENCES roznamcha.logs,
    level  smallint NOT NULL,
    number bigint   NOT NULL,
    hashes bytea    NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
    PRIMARY KEY (log, level, number)
);

CREATE TABLE roznamcha.checkpoints (
    number    bigint      PRIMARY KEY,   -- 1, 2, 3 … over all logs, without a gap
    log       integer     NOT NULL REFERENCES roznamcha.logs,
    size      bigint      NOT NULL,
    note      bytea       NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (log, size)
);

CREATE TRIGGER leaves_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.leaves
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
CREATE TRIGGER ledger_acts_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.ledger_acts
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
CREATE TRIGGER checkpoints_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();

GRANT SELECT, INSERT ON roznamcha.leaves, roznamcha.ledger_acts, roznamcha.checkpoints TO roznamcha_app;
GRANT SELECT, INSERT, UPDATE ON roznamcha.logs, roznamcha.tiles TO roznamcha_app;
