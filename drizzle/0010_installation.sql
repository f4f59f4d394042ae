CREATE TABLE "installation" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "installation_one" ON "installation" ((true));
--> statement-breakpoint
INSERT INTO "installation" DEFAULT VALUES;
