-- A person's key is destroyed by an order of a court and by nothing else. Until there is a command that carries such an
-- order out, the application's role may not remove one: a lost key makes evidence unreadable for ever.

REVOKE DELETE ON roznamcha.person_keys FROM roznamcha_app;
