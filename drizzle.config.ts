import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/server/db/{identity,schema}.ts',
  out: './drizzle',
});
