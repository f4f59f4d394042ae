import type { Metadata } from 'next';
import { ErasurePage } from '#ui/account/erasure-page.tsx';

export const metadata: Metadata = { title: 'Receipt' };

type Params = { params: Promise<{ id: string }> };

export default async function Page({ params }: Params) {
  return <ErasurePage id={(await params).id} />;
}
