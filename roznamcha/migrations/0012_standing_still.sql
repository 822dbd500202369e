-- A process that stands still (suspended, or on a machine that is) may do so in the midst of a transaction, with the
-- checkpoints in its hand: nobody else could fold anything for as long. Those who are held up by it may end its session,
-- which undoes what it had not committed; what it does when it wakes is then refused.
--
-- Ended is who holds a lock on the checkpoints and has said nothing to the server for so many seconds, never fewer than
-- ten. Runs with its owner's rights: the application itself may end nobody. Where it logs in under another name than
-- the owner's, nobody can be ended so, and none is.
CREATE FUNCTION ops.end_standing(seconds double precision) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    standing integer;
    ended integer := 0;
BEGIN
    FOR standing IN
        SELECT DISTINCT a.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'relation' AND l.relation = 'ops.checkpoints'::regclass AND l.granted
          AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
          AND a.datname = current_database() AND a.pid <> pg_backend_pid()
          AND a.wait_event = 'ClientRead'
          AND a.state_change < clock_timestamp() - make_interval(secs => greatest(seconds, 10))
    LOOP
        ended := ended + pg_terminate_backend(standing)::integer;
    END LOOP;
    RETURN ended;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN ended;
END $$;
REVOKE ALL ON FUNCTION ops.end_standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.end_standing TO roznamcha_app;
