-- What the server may let go of in the log of events, and no more.

REVOKE UPDATE ON audit_events FROM app_worker;
--> statement-breakpoint
CREATE FUNCTION forget_audit_events(before timestamptz) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ DELETE FROM public.audit_events WHERE created_at < least(before, now() - interval '1 year' + interval '1 day') $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION forget_audit_events(timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION forget_audit_events(timestamptz) TO app_worker;
