-- What the application may do: read entries, call the one door, keep keys, and own what is derived. Nothing else.
-- This is a fence, not a proof: who owns the database can climb it, and the ledger is what shows that.

DO $$
BEGIN
    CREATE ROLE roznamcha_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the server: another database of it has made this one already
END $$;

GRANT roznamcha_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA roznamcha TO roznamcha_app;
GRANT SELECT ON roznamcha.entries, roznamcha.commands, roznamcha.names, roznamcha.person_keys TO roznamcha_app;
GRANT INSERT, DELETE ON roznamcha.person_keys TO roznamcha_app;
REVOKE ALL ON FUNCTION roznamcha.append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roznamcha.append TO roznamcha_app;
GRANT USAGE, CREATE ON SCHEMA views TO roznamcha_app;
GRANT USAGE ON SCHEMA ops TO roznamcha_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ops TO roznamcha_app;
