import { defineConfig } from 'drizzle-kit'

/** After a change of schema.ts: `npx drizzle-kit generate --config src/inss-api/db/drizzle.config.ts --name <what>`. */
export default defineConfig({
  dialect: 'postgresql',
  schema: 'src/inss-api/db/schema.ts',
  out: 'src/inss-api/db/migrations',
})
