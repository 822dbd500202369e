-- A time stamp is entered in the ledger as well: it is said of a head, and of no record.
ALTER TABLE roznamcha.ledger_acts ALTER COLUMN record_id DROP NOT NULL;
