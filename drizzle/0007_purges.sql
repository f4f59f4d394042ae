CREATE TABLE "purges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"library_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"counts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "storage_objects" ADD COLUMN "purge_id" uuid;--> statement-breakpoint
ALTER TABLE "storage_objects" ADD COLUMN "keep_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "storage_objects" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "purges" ADD CONSTRAINT "purges_library_id_libraries_id_fk" FOREIGN KEY ("library_id") REFERENCES "public"."libraries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "purges_newest" ON "purges" USING btree ("library_id","requested_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
ALTER TABLE "storage_objects" ADD CONSTRAINT "storage_objects_purge_id_purges_id_fk" FOREIGN KEY ("purge_id") REFERENCES "public"."purges"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "media_trashed" ON "media" USING btree ("trashed_at") WHERE deleted_at is null and trashed_at is not null;--> statement-breakpoint
CREATE INDEX "storage_objects_purge" ON "storage_objects" USING btree ("purge_id") WHERE purge_id is not null;