-- The ledger says what it is asked to say; so it is asked nothing but the end of a copy, or an authority's stamp on a head.

ALTER TABLE roznamcha.ledger_acts ADD CONSTRAINT ledger_acts_say_one_of_two CHECK (
    CASE WHEN jsonb_typeof(content) <> 'object' THEN false
    WHEN record_id IS NOT NULL THEN
        content ?& ARRAY['audience', 'files', 'withheld'] AND content - ARRAY['audience', 'files', 'withheld'] = '{}'
    ELSE
        content ?& ARRAY['authority', 'head', 'token'] AND content - ARRAY['authority', 'head', 'token'] = '{}'
        AND jsonb_typeof(content -> 'authority') = 'string' AND jsonb_typeof(content -> 'head') = 'string'
        AND jsonb_typeof(content -> 'token') = 'string' AND length(content::text) < 60000
    END
);
