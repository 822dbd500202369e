-- A person's key is destroyed by an order of a court and by nothing else: in the transaction that enters the erasure.
--
-- The application's role may still not remove a key. It may ask for this, and is refused unless an act of erasure of that
-- record is entered in the same transaction. That it was done, and up to which entry, stays here: a person of whom something
-- is sealed later gets another key, and the older boxes are not taken for changed ones.

CREATE TABLE roznamcha.keys_destroyed (
    record_id    uuid        NOT NULL,
    person       text        NOT NULL,
    version      bigint      NOT NULL,   -- of the entry by which it was destroyed
    destroyed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (record_id, person, version)
);
CREATE TRIGGER keys_destroyed_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.keys_destroyed
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
GRANT SELECT ON roznamcha.keys_destroyed TO roznamcha_app;

CREATE FUNCTION roznamcha.destroy_key(of_record uuid, of_person text, by_version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM roznamcha.entries e
        WHERE e.originator_id = of_record AND e.originator_version = by_version AND e.topic LIKE '%.ErasureExecuted'
        AND e.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296
    ) THEN
        RAISE EXCEPTION 'a key is destroyed by an erasure that is entered with it, and by nothing else'
            USING ERRCODE = 'RZ001';
    END IF;
    DELETE FROM roznamcha.person_keys WHERE record_id = of_record AND person = of_person;
    INSERT INTO roznamcha.keys_destroyed (record_id, person, version) VALUES (of_record, of_person, by_version);
END $$;
REVOKE ALL ON FUNCTION roznamcha.destroy_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roznamcha.destroy_key TO roznamcha_app;
