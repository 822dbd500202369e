-- What belongs to Kafka: where each group of views has read to, letters that could not be delivered, and what views have
-- to say and the relay has not yet published.

-- A hint where to read on, moved with the checkpoint in one transaction. If the topic was made anew, or the hint is
-- lost, reading begins at the first offset: the checkpoint alone says what is new. So it does where the checkpoint went
-- back behind `position`, as after a restore: what lies before `next` was folded when the checkpoint stood there.
CREATE TABLE ops.offsets (
    view_group text     NOT NULL,
    topic      text     NOT NULL,
    slot       smallint NOT NULL,
    topic_id   text     NOT NULL,  -- another id: another topic of the same name
    next       bigint   NOT NULL,
    position   bigint   NOT NULL,
    PRIMARY KEY (view_group, topic, slot)
) WITH (fillfactor = 50);

-- Messages that are no entry, and positions that the topic lacks. Never more than why: the raw bytes go to the topic of
-- dead letters, and stay here until they have arrived there.
CREATE TABLE ops.dead_letters (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    view_group text       NOT NULL,
    topic     text        NOT NULL,
    topic_id  text        NOT NULL,
    slot      smallint    NOT NULL,
    "offset"  bigint      NOT NULL,
    position  bigint,               -- of the entry, where that is known
    why       text        NOT NULL, -- never the content
    key       bytea,
    value     bytea,
    headers   jsonb,
    sent      boolean     NOT NULL DEFAULT false,
    found_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (view_group, topic, topic_id, slot, "offset", position)
);

-- What a view has to tell other systems, written with its rows: numbered without gaps in each slot, under a lock that
-- is held until the rows are committed, so that no number becomes visible before a smaller one. A topic is open when it
-- has heads.
CREATE TABLE ops.outbox_heads (
    topic text     NOT NULL,
    slot  smallint NOT NULL,
    seq   bigint   NOT NULL,
    PRIMARY KEY (topic, slot)
) WITH (fillfactor = 50);
CREATE TABLE ops.outbox (
    topic     text     NOT NULL,
    slot      smallint NOT NULL,
    seq       bigint   NOT NULL,
    record_id uuid     NOT NULL,
    value     bytea,              -- none: the row is gone
    PRIMARY KEY (topic, slot, seq)
);

-- A copy of how far the relay has published, for whoever asks the database and not the broker. The truth is on Kafka:
-- nothing is ever decided by this.
CREATE TABLE ops.relayed (
    prefix     text        PRIMARY KEY,
    position   bigint      NOT NULL,
    entries    bigint      NOT NULL,
    looked_at  timestamptz NOT NULL,          -- when a relay last found nothing left to publish, or published
    taken_over bigint      NOT NULL DEFAULT 0 -- how often a relay was fenced by another one
);

-- What the last comparison of a whole topic with the store found.
CREATE TABLE ops.compared (
    prefix      text        NOT NULL,
    short       text        NOT NULL, -- entries or deadlines
    differences bigint      NOT NULL,
    compared_at timestamptz NOT NULL,
    PRIMARY KEY (prefix, short)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ops.relayed, ops.compared, ops.offsets, ops.dead_letters, ops.outbox_heads, ops.outbox TO roznamcha_app;
