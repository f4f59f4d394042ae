import type { Metadata } from 'next';
import { connection } from 'next/server';
import { describeApi } from '#server/trpc/describe-api.ts';
import { ApiReference } from '#ui/docs/api-reference.tsx';
import { readReference } from '#core/api-reference.ts';

export const metadata: Metadata = { title: 'API' };

export default async function ApiPage() {
  await connection();
  return <ApiReference reference={readReference(describeApi())} />;
}
