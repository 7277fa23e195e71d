import { defineConfig } from 'drizzle-kit'

/** After a change of schema.ts: `npx drizzle-kit generate --config src/handoff/db/drizzle.config.ts --name <what>`. */
export default defineConfig({
  dialect: 'postgresql',
  schema: 'src/handoff/db/schema.ts',
  out: 'src/handoff/db/migrations',
})
