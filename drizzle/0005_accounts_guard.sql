-- Row level security of collections; what the server and a claim may do with accounts and their libraries.

ALTER TABLE collections ENABLE ROW LEVEL SECURITY;
ALTER TABLE collections FORCE ROW LEVEL SECURITY;
CREATE POLICY library_own ON collections TO app_user
  USING (library_id = (select current_library())) WITH CHECK (library_id = (select current_library()));
GRANT SELECT, INSERT, UPDATE, DELETE ON collections TO app_user;
CREATE POLICY collection_server ON collections FOR SELECT TO app_worker USING (true);
GRANT SELECT ON collections TO app_worker;
GRANT SELECT, INSERT, UPDATE ON claims, audit_events, erasures TO app_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO app_worker;
GRANT DELETE ON users, libraries, guest_sessions, claims TO app_worker;
--> statement-breakpoint

CREATE TRIGGER collections_version BEFORE INSERT OR UPDATE ON collections
  FOR EACH ROW EXECUTE FUNCTION check_version();
--> statement-breakpoint

-- Where a row was made, for the undo of a claim that re-pointed a whole library without touching its rows.
CREATE FUNCTION note_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.born_version := NEW.version;
  RETURN NEW;
END $$;
CREATE TRIGGER media_birth BEFORE INSERT ON media FOR EACH ROW EXECUTE FUNCTION note_birth();
CREATE TRIGGER generations_birth BEFORE INSERT ON generations FOR EACH ROW EXECUTE FUNCTION note_birth();
CREATE TRIGGER collections_birth BEFORE INSERT ON collections FOR EACH ROW EXECUTE FUNCTION note_birth();
--> statement-breakpoint

-- The two libraries of a claim, or of its undo. The role app_claim sees these and no other.
CREATE FUNCTION claim_libraries() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ select nullif(current_setting('app.claim_libraries', true), '')::uuid[] $$;
CREATE POLICY library_claim ON libraries TO app_claim
  USING (id = any ((select claim_libraries())::uuid[])) WITH CHECK (id = any ((select claim_libraries())::uuid[]));
--> statement-breakpoint

DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['media', 'media_files', 'generations', 'uploads', 'sync_clients', 'collections'] LOOP
    EXECUTE format('CREATE POLICY library_claim ON %I TO app_claim
                    USING (library_id = any ((select claim_libraries())::uuid[]))
                    WITH CHECK (library_id = any ((select claim_libraries())::uuid[]))', owned);
    EXECUTE format('GRANT SELECT ON %I TO app_claim', owned);
  END LOOP;
END $$;
GRANT SELECT, UPDATE ON libraries TO app_claim;
GRANT UPDATE (library_id, version, origin_library, origin_version, claim_id, born_version, source_uuid, collection_ids)
  ON media TO app_claim;
GRANT UPDATE (library_id, version, claim_id, born_version, request_id) ON generations TO app_claim;
GRANT UPDATE (library_id, version, claim_id, born_version) ON collections TO app_claim;
GRANT UPDATE (library_id) ON media_files, uploads TO app_claim;
GRANT INSERT, UPDATE, DELETE ON sync_clients TO app_claim;
