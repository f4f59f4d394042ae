import Link from 'next/link';

/** The number by which anybody can read what became of a deletion. */
export function Receipt({ id }: { id: string }) {
  return (
    <dl>
      <dt className="text-quiet">Receipt</dt>
      <dd className="mt-0.5">
        <Link
          href={`/receipt/${id}`}
          className="text-note touch:py-3 inline-block font-mono break-all underline decoration-1 underline-offset-4"
        >
          {id}
        </Link>
      </dd>
    </dl>
  );
}
