-- Row level security of receipts; and what a backup may read: everything, as the tables' owner, whom FORCE binds too.

ALTER TABLE purges ENABLE ROW LEVEL SECURITY;
ALTER TABLE purges FORCE ROW LEVEL SECURITY;
CREATE POLICY library_own ON purges TO app_user
  USING (library_id = (select current_library())) WITH CHECK (library_id = (select current_library()));
CREATE POLICY library_claim ON purges TO app_claim
  USING (library_id = any ((select claim_libraries())::uuid[]))
  WITH CHECK (library_id = any ((select claim_libraries())::uuid[]));
GRANT SELECT, INSERT, UPDATE, DELETE ON purges TO app_user;
GRANT SELECT, UPDATE (library_id) ON purges TO app_claim;
--> statement-breakpoint

DO $$
DECLARE bound text;
BEGIN
  FOREACH bound IN ARRAY ARRAY['libraries', 'media', 'media_files', 'generations', 'uploads', 'sync_clients',
                               'collections', 'purges'] LOOP
    EXECUTE format('CREATE POLICY backup ON %I FOR SELECT TO app_owner USING (true)', bound);
  END LOOP;
END $$;
