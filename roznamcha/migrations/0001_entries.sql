-- The register itself: one table that only ever grows, and the one door through which it grows.
--
-- The table has the columns the `eventsourcing` recorder reads (originator_id, originator_version, topic, state,
-- notification_id) and two of ours: the record an entry belongs to, and that record's slot.

CREATE SCHEMA roznamcha;

CREATE TABLE roznamcha.entries (
    originator_id      uuid     NOT NULL,  -- the stream: what versions count along
    originator_version bigint   NOT NULL CHECK (originator_version >= 1),
    topic              text     NOT NULL,  -- the act's permanent name
    state              bytea    NOT NULL,  -- 0x00, schema id, Avro body: the same bytes as on Kafka
    notification_id    bigserial NOT NULL, -- the position: ordered, but a rolled-back insert leaves a gap
    record_id          uuid     NOT NULL,
    slot               smallint NOT NULL CHECK (slot BETWEEN 0 AND 59),
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX entries_position ON roznamcha.entries (notification_id);
CREATE INDEX entries_record ON roznamcha.entries (record_id, notification_id);

-- What each command led to, so that the same command sent twice is entered once.
CREATE TABLE roznamcha.commands (
    command_id uuid   PRIMARY KEY,
    digest     bytea  NOT NULL,  -- keyed, so that it tells nothing about the content
    stream_id  uuid   NOT NULL,
    version    bigint NOT NULL,
    record_id  uuid   NOT NULL
);

-- Names by which a record may be called: its FIR number, or the key of a legacy register. Never reused.
CREATE TABLE roznamcha.names (
    name      text PRIMARY KEY,
    record_id uuid NOT NULL,
    series    text,
    station   text,
    year      integer,
    number    integer CHECK (number >= 1),
    UNIQUE (series, station, year, number)
);
CREATE INDEX names_record ON roznamcha.names (record_id);

-- The keys of sealed fields, wrapped by a key that is not in this database. Destroying a row seals for ever.
CREATE TABLE roznamcha.person_keys (
    record_id uuid  NOT NULL,
    person    text  NOT NULL,
    wrapped   bytea NOT NULL,
    PRIMARY KEY (record_id, person)
);

CREATE FUNCTION roznamcha.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an entry is never changed or removed: correct it by a new entry' USING ERRCODE = 'RZ001';
END $$;
CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.entries
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
CREATE TRIGGER commands_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.commands
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
CREATE TRIGGER names_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roznamcha.names
    FOR EACH STATEMENT EXECUTE FUNCTION roznamcha.refuse_change();
