CREATE SCHEMA IF NOT EXISTS "desk";
--> statement-breakpoint
CREATE TABLE "desk"."agents" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "desk"."audit" (
	"position" bigint PRIMARY KEY NOT NULL,
	"at" text NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"ticket_id" text,
	"details" jsonb NOT NULL,
	"previous" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "desk"."moves" (
	"ticket_id" text NOT NULL,
	"version" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"move" text NOT NULL,
	"state" text NOT NULL,
	"agent_id" text,
	"skill" text NOT NULL,
	"actor" text,
	CONSTRAINT "moves_ticket_id_version_pk" PRIMARY KEY("ticket_id","version")
);
--> statement-breakpoint
CREATE TABLE "desk"."starts" (
	"id" text PRIMARY KEY NOT NULL,
	"day" text NOT NULL,
	"count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "desk"."tickets" (
	"id" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"conversation_id" text NOT NULL,
	"channel" text NOT NULL,
	"state" text NOT NULL,
	"why" text NOT NULL,
	"skill" text NOT NULL,
	"priority" smallint NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"queued_at" timestamp with time zone,
	"answered_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"agent_id" text,
	"outcome" text,
	"callback_by" timestamp with time zone,
	"csat" smallint,
	"bot_helped" boolean NOT NULL,
	"lines" text
);
--> statement-breakpoint
CREATE INDEX "moves_by_time" ON "desk"."moves" USING btree ("at");--> statement-breakpoint
CREATE INDEX "starts_by_day" ON "desk"."starts" USING btree ("day");--> statement-breakpoint
CREATE INDEX "tickets_by_time" ON "desk"."tickets" USING btree ("requested_at","id");--> statement-breakpoint
CREATE INDEX "tickets_of_conversation" ON "desk"."tickets" USING btree ("conversation_id","requested_at");--> statement-breakpoint
CREATE FUNCTION "desk"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit is only ever added to';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "desk"."audit" FOR EACH STATEMENT EXECUTE FUNCTION "desk"."refuse_change"();
