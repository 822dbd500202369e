-- The door looks every command, name and version up by an index, whatever was in the tables when it was first planned.
--
-- A function keeps the plans of its statements. Made on the first entries of a new store they read whole tables, which
-- is right for ten rows, and go on reading whole tables when there are a million, until somebody runs ANALYZE.

ALTER FUNCTION roznamcha.append SET enable_seqscan = off;
ALTER FUNCTION roznamcha.append SET enable_hashjoin = off;
ALTER FUNCTION roznamcha.append SET enable_mergejoin = off;
