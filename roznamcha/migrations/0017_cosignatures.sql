-- What witnesses gave: a head keeps the lines with which it was cosigned, also when they would give none any more.

CREATE TABLE roznamcha.cosignatures (
    log      integer     NOT NULL,
    size     bigint      NOT NULL,
    vkey     text        NOT NULL,       -- the witness's public key, as c2sp.org/signed-note writes it
    line     bytea       NOT NULL,       -- its line below the note, as it came
    given_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (log, size, vkey),
    FOREIGN KEY (log, size) REFERENCES roznamcha.checkpoints (log, size)
);
CREATE TRIGGER cosignatures_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
GRANT SELECT, INSERT ON roznamcha.cosignatures TO roznamcha_app;
