'use client';
import { Check } from 'lucide-react';
import type { Receipt } from '#core/receipt.ts';
import { sizeOf, titleOf, waitingFor } from './activity-words.ts';
import { Moment } from '../kit/moment.tsx';

export function ReceiptRow({ receipt }: { receipt: Receipt }) {
  const { requestedAt, goneAt, pending } = receipt;
  const isStuck = pending?.why === 'refused' || pending?.why === 'unreachable';
  return (
    <li className="py-3">
      <p>{titleOf(receipt)}</p>
      <p className="text-quiet text-note mt-0.5 tabular-nums">
        {sizeOf(receipt)}, asked for <Moment at={requestedAt} />
      </p>
      <p className={`text-note mt-0.5 tabular-nums ${isStuck ? 'text-danger' : goneAt ? '' : 'text-quiet'}`}>
        {goneAt ? (
          <>
            <Check aria-hidden className="text-ok mr-1 inline size-3.5" />
            All bytes gone, seen <Moment at={goneAt} />
          </>
        ) : (
          waitingFor(receipt)
        )}
      </p>
    </li>
  );
}
