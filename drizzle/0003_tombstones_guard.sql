-- The nightly upkeep looks for libraries with old tombstones; it removes them as each library's own role.
CREATE POLICY media_server ON media FOR SELECT TO app_worker USING (true);
GRANT SELECT ON media TO app_worker;
