-- The views custody and malkhana are folded once, as `articles`: what was kept of either alone is built anew with it.

DROP TABLE IF EXISTS views.custody__state, views.malkhana__state;
DELETE FROM ops.built WHERE view IN ('custody', 'malkhana');
DELETE FROM ops.parked WHERE view IN ('custody', 'malkhana');
DELETE FROM ops.parked_entries WHERE view IN ('custody', 'malkhana');
