-- Row level security with FORCE, grants, and the trigger that catches a forgotten version.
-- Roles (app_owner, app_user, app_worker) are made before the migrations run: they belong to the cluster.

-- The library of this transaction. After a transaction the setting is '' and not null, hence nullif.
CREATE FUNCTION current_library() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ select nullif(current_setting('app.library_id', true), '')::uuid $$;
--> statement-breakpoint

ALTER TABLE libraries ENABLE ROW LEVEL SECURITY;
ALTER TABLE libraries FORCE ROW LEVEL SECURITY;
CREATE POLICY library_own ON libraries TO app_user
  USING (id = (select current_library())) WITH CHECK (id = (select current_library()));
CREATE POLICY library_server ON libraries TO app_worker USING (true) WITH CHECK (true);
--> statement-breakpoint

DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['media', 'media_files', 'generations', 'uploads', 'sync_clients'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY library_own ON %I TO app_user USING (library_id = (select current_library()))
                    WITH CHECK (library_id = (select current_library()))', owned);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO app_user', owned);
  END LOOP;
END $$;
--> statement-breakpoint

-- The server's errands outside of any one library: finding a job's own row, sweeping, the storage ledger.
CREATE POLICY generation_server ON generations FOR SELECT TO app_worker USING (true);
CREATE POLICY media_file_server ON media_files FOR SELECT TO app_worker USING (true);
CREATE POLICY upload_server ON uploads TO app_worker USING (true) WITH CHECK (true);
GRANT SELECT ON generations, media_files TO app_worker;
GRANT SELECT, DELETE ON uploads TO app_worker;
GRANT SELECT, INSERT, UPDATE ON libraries, guest_sessions, users, accounts, auth_sessions, verification_tokens TO app_worker;
GRANT DELETE ON accounts, auth_sessions, verification_tokens TO app_worker;
GRANT SELECT, INSERT, UPDATE ON storage_objects TO app_worker;
GRANT SELECT, UPDATE ON libraries TO app_user;
GRANT SELECT, INSERT, UPDATE ON storage_objects TO app_user;
--> statement-breakpoint

-- Every change of a synced row carries the version that its transaction took from the library: a row left at an
-- older one would be missed by every cursor, for ever.
CREATE FUNCTION check_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head bigint;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.version <= OLD.version THEN
    RAISE EXCEPTION '% %: version % does not follow %', TG_TABLE_NAME, NEW.id, NEW.version, OLD.version;
  END IF;
  SELECT version INTO head FROM libraries WHERE id = NEW.library_id;
  IF NEW.version IS DISTINCT FROM head THEN
    RAISE EXCEPTION '% %: version % is not its library''s %', TG_TABLE_NAME, NEW.id, NEW.version, head;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER media_version BEFORE INSERT OR UPDATE ON media FOR EACH ROW EXECUTE FUNCTION check_version();
CREATE TRIGGER generations_version BEFORE INSERT OR UPDATE ON generations FOR EACH ROW EXECUTE FUNCTION check_version();
