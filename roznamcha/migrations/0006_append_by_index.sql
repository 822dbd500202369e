-- The same door, twice mended.
--
-- It looks every command, name and version up by an index, whatever was in the tables when it was first planned. A
-- function keeps the plans of its statements: made on the first entries of a new store they read whole tables, which is
-- right for ten rows, and go on reading whole tables when there are a million, until somebody runs ANALYZE.
--
-- And a number whose predecessor is claimed by a unit that is refused here, and was given to nobody else, is not given
-- either: its unit is decided again, with that predecessor. Else a number would be missing for good.

CREATE OR REPLACE FUNCTION roznamcha.append(
    streams uuid[], versions bigint[], topics text[], states bytea[], records uuid[], slots smallint[],
    command_ids uuid[], command_digests bytea[],
    name_streams uuid[], names text[], name_records uuid[], name_series text[], name_stations text[],
    name_years integer[], name_numbers integer[], refused_again boolean
) RETURNS TABLE (stream_id uuid, version bigint, entry_position bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    refused uuid[];
    waiting uuid[];
BEGIN
    LOCK TABLE roznamcha.entries IN EXCLUSIVE MODE;

    SELECT coalesce(array_agg(DISTINCT bad.stream), '{}') INTO refused FROM (
        -- a version that doesn't follow: `max` walks the primary key backwards, whatever the stream's length
        SELECT b.stream FROM (
            SELECT u.stream, min(u.version) AS first_version, max(u.version) AS last_version, count(*) AS members
            FROM unnest(streams, versions) AS u(stream, version) GROUP BY u.stream
        ) b CROSS JOIN LATERAL (
            SELECT coalesce(max(e.originator_version), 0) AS head
            FROM roznamcha.entries e WHERE e.originator_id = b.stream
        ) h WHERE b.first_version <> h.head + 1 OR b.last_version - b.first_version + 1 <> b.members
        UNION ALL
        SELECT u.stream FROM unnest(streams, command_ids) AS u(stream, command)
            JOIN roznamcha.commands c ON c.command_id = u.command
        UNION ALL
        SELECT u.stream FROM unnest(streams, command_ids) AS u(stream, command)
            JOIN roznamcha.refusals r ON r.command_id = u.command WHERE refused_again
        UNION ALL
        SELECT n.stream FROM unnest(name_streams, names) AS n(stream, name)
            JOIN roznamcha.names t ON t.name = n.name
        UNION ALL
        SELECT n.stream FROM unnest(name_streams, name_series, name_stations, name_years, name_numbers)
                AS n(stream, series, station, year, number)
            JOIN roznamcha.names t ON (t.series, t.station, t.year, t.number) = (n.series, n.station, n.year, n.number)
    ) bad;

    WHILE cardinality(refused) > 0 LOOP
        SELECT array_agg(DISTINCT n.stream) INTO waiting
        FROM unnest(name_streams, name_series, name_stations, name_years, name_numbers)
                AS n(stream, series, station, year, number)
            JOIN unnest(name_streams, name_series, name_stations, name_years, name_numbers)
                AS b(stream, series, station, year, number)
            ON (b.series, b.station, b.year, b.number) = (n.series, n.station, n.year, n.number - 1)
        WHERE n.stream <> ALL (refused) AND b.stream = ANY (refused) AND NOT EXISTS (
            SELECT FROM roznamcha.names t
            WHERE (t.series, t.station, t.year, t.number) = (b.series, b.station, b.year, b.number)
        );
        EXIT WHEN waiting IS NULL;
        refused := refused || waiting;
    END LOOP;

    INSERT INTO roznamcha.commands (command_id, digest, stream_id, version, record_id)
    SELECT u.command, u.digest, u.stream, u.version, u.record
    FROM unnest(command_ids, command_digests, streams, versions, records)
        AS u(command, digest, stream, version, record)
    WHERE u.digest IS NOT NULL AND u.stream <> ALL (refused);

    INSERT INTO roznamcha.names (name, record_id, series, station, year, number)
    SELECT n.name, n.record, n.series, n.station, n.year, n.number
    FROM unnest(name_streams, names, name_records, name_series, name_stations, name_years, name_numbers)
        AS n(stream, name, record, series, station, year, number)
    WHERE n.stream <> ALL (refused);

    PERFORM pg_notify('entries', '');

    RETURN QUERY
    INSERT INTO roznamcha.entries AS e
        (originator_id, originator_version, topic, state, record_id, slot)
    SELECT u.stream, u.version, u.topic, u.state, u.record, u.slot
    FROM unnest(streams, versions, topics, states, records, slots) WITH ORDINALITY
        AS u(stream, version, topic, state, record, slot, n)
    WHERE u.stream <> ALL (refused)
    ORDER BY u.n
    RETURNING e.originator_id, e.originator_version, e.notification_id;
END $$;
