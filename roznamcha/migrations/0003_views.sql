-- What is derived: a schema for the views, and how far each of them has come.

CREATE SCHEMA views;
CREATE SCHEMA ops;

-- How far a group of views has come in each slot. Kept beside the views, so that both move in one transaction.
CREATE TABLE ops.checkpoints (
    view_group text     NOT NULL,
    slot       smallint NOT NULL,
    position   bigint   NOT NULL,
    PRIMARY KEY (view_group, slot)
) WITH (fillfactor = 50);

-- Which version of each view is the one that is read.
CREATE TABLE ops.built (
    view    text    PRIMARY KEY,
    version integer NOT NULL,
    shape   text    NOT NULL
);

-- Records a view could not take, with their later entries in order behind them.
CREATE TABLE ops.parked (
    view       text        NOT NULL,
    record_id  uuid        NOT NULL,
    position   bigint      NOT NULL,  -- the entry it stopped at
    name       text        NOT NULL,
    why        text        NOT NULL,  -- the kind of error and where; never an entry's content
    PRIMARY KEY (view, record_id)
);
CREATE TABLE ops.parked_entries (
    view      text   NOT NULL,
    record_id uuid   NOT NULL,
    position  bigint NOT NULL,
    PRIMARY KEY (view, record_id, position)
);
