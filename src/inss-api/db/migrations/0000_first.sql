CREATE TABLE "citizens" (
	"cpf" text PRIMARY KEY NOT NULL,
	"history_imported_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "granted_benefits" (
	"number" text PRIMARY KEY NOT NULL,
	"cpf" text NOT NULL,
	"protocol" text NOT NULL,
	"species_code" text NOT NULL,
	"species_name" text NOT NULL,
	"start_date" text NOT NULL,
	"end_date" text,
	"monthly_amount" integer NOT NULL,
	"above_minimum" boolean NOT NULL,
	"payment" jsonb NOT NULL,
	"first_payment_date" text NOT NULL,
	CONSTRAINT "granted_benefits_protocol_unique" UNIQUE("protocol")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"client" text NOT NULL,
	"cpf" text NOT NULL,
	"key" text NOT NULL,
	"digest" text NOT NULL,
	"status" integer,
	"headers" jsonb,
	"body" json,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_client_cpf_key_pk" PRIMARY KEY("client","cpf","key")
);
--> statement-breakpoint
CREATE TABLE "request_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"protocol" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"type" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"protocol" text PRIMARY KEY NOT NULL,
	"ordinal" bigserial NOT NULL,
	"cpf" text NOT NULL,
	"service" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"decided_at" timestamp with time zone,
	"der" text NOT NULL,
	"automatic" boolean NOT NULL,
	"facts" jsonb NOT NULL,
	"decision" jsonb,
	"analysis" jsonb,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"id" smallint PRIMARY KEY NOT NULL,
	"private_jwk" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "spent_id_tokens" (
	"digest" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "granted_benefits" ADD CONSTRAINT "granted_benefits_protocol_requests_protocol_fk" FOREIGN KEY ("protocol") REFERENCES "public"."requests"("protocol") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_events" ADD CONSTRAINT "request_events_protocol_requests_protocol_fk" FOREIGN KEY ("protocol") REFERENCES "public"."requests"("protocol") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "benefits_of_citizen" ON "granted_benefits" USING btree ("cpf");--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "events_of_request" ON "request_events" USING btree ("protocol","id");--> statement-breakpoint
CREATE INDEX "requests_of_citizen" ON "requests" USING btree ("cpf","ordinal");