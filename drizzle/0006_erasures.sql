ALTER TABLE "erasures" ADD COLUMN "user_id" uuid;--> statement-breakpoint
ALTER TABLE "erasures" ADD COLUMN "due_at" timestamp (3) with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "erasures" ADD COLUMN "taken_back_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "erasures" ADD COLUMN "erased_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "erasures" ADD COLUMN "notify" text;--> statement-breakpoint
ALTER TABLE "storage_objects" ADD COLUMN "erasure_id" uuid;--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "storage_objects" ADD CONSTRAINT "storage_objects_erasure_id_erasures_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "erasures_user" ON "erasures" USING btree ("user_id") WHERE taken_back_at is null;--> statement-breakpoint
CREATE INDEX "erasures_open" ON "erasures" USING btree ("due_at") WHERE finished_at is null and taken_back_at is null;--> statement-breakpoint
CREATE INDEX "storage_objects_erasure" ON "storage_objects" USING btree ("erasure_id") WHERE erasure_id is not null;