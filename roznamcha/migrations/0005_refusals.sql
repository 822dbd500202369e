-- What was refused under a command id, so that the same command gets the same answer, whatever was entered since.
-- Without this a file imported twice could enter, the second time, a line that was refused the first time.

CREATE TABLE roznamcha.refusals (
    command_id uuid   PRIMARY KEY,
    digest     bytea  NOT NULL,
    record_id  uuid   NOT NULL,
    reasons    text[] NOT NULL  -- numbers and codes; never personal data
);
CREATE TRIGGER refusals_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.refusals
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
GRANT SELECT, INSERT ON roznamcha.refusals TO roznamcha_app;
