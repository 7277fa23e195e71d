CREATE TABLE "events" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"client" text NOT NULL,
	"person" text NOT NULL,
	"type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"data" jsonb NOT NULL,
	"once" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"delivered_at" timestamp with time zone,
	CONSTRAINT "events_id_unique" UNIQUE("id"),
	CONSTRAINT "events_once" UNIQUE("client","once")
);
--> statement-breakpoint
CREATE TABLE "followers" (
	"client" text NOT NULL,
	"cpf" text NOT NULL,
	"person" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"scanned_on" text,
	CONSTRAINT "followers_client_cpf_pk" PRIMARY KEY("client","cpf"),
	CONSTRAINT "followers_by_person" UNIQUE("client","person")
);
--> statement-breakpoint
CREATE TABLE "pairwise_keys" (
	"client" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "events_to_deliver" ON "events" USING btree ("client","delivered_at","due_at");--> statement-breakpoint
CREATE INDEX "events_of_person" ON "events" USING btree ("client","person","position");--> statement-breakpoint
CREATE INDEX "followers_to_scan" ON "followers" USING btree ("scanned_on");