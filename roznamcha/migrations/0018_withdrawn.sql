-- A copy that was asked for and given up has its request withdrawn: the ledger doesn't close what nobody waits for.
--
-- A request is never changed. It is either withdrawn or has its leaf, never both: whoever writes one or the other holds
-- the advisory lock of roznamcha/ledger/withdrawing.py, and looks for the other first.

CREATE TABLE roznamcha.ledger_withdrawn (
    act          uuid        PRIMARY KEY, -- a request in roznamcha.ledger_acts
    withdrawn_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER ledger_withdrawn_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.ledger_withdrawn
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
GRANT SELECT, INSERT ON roznamcha.ledger_withdrawn TO roznamcha_app;
